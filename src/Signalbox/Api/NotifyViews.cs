namespace Signalbox.Api;

/// <param name="Text">notify.yaml as it was set; empty before that.</param>
public sealed record NotifyView(string Text, IReadOnlyList<NotifySinkView> Sinks);

/// <param name="To">Where to, or where that address lies; never a secret.</param>
/// <param name="Failed">Attempts that were not taken and are made again.</param>
/// <param name="Dropped">Notifications that it did not get: refused for good, or a day old.</param>
/// <param name="Pending">Those that wait for it.</param>
/// <param name="Problem">Why the last one was not taken; null where it was.</param>
public sealed record NotifySinkView(string Name, string Kind, string To, long Sent, long Failed, long Dropped, int Pending, string? Problem);

/// <param name="Problem">Null where it was taken.</param>
public sealed record NotifyTrial(string Sink, bool Taken, string? Problem);
