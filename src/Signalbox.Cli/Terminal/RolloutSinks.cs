using System.Globalization;
using Signalbox.Api;

namespace Signalbox.Cli.Terminal;

/// <summary>Where a followed rollout is shown.</summary>
internal interface IRolloutSink : IDisposable
{
    void Show(TrackView track, RolloutView rollout);
}

internal sealed class SilentSink : IRolloutSink
{
    public void Show(TrackView track, RolloutView rollout) { }

    public void Dispose() { }
}

/// <summary>The track drawn in place, and what ended the rollout under it.</summary>
internal sealed class LiveSink(Session session) : IRolloutSink
{
    private readonly LiveBlock _block = new(session.Terminal, () => (Console.WindowWidth, Console.WindowHeight));

    public void Show(TrackView track, RolloutView rollout)
    {
        var shown = track.Rollout?.Id == rollout.Id ? track : track with { Rollout = rollout };
        var age = RolloutText.Span((rollout.EndedAt ?? DateTimeOffset.UtcNow) - rollout.PhaseSince);
        _block.Show(PlainWriter.Plain(TrackText.Render(shown, session.Paint)) + session.Paint.Dim($"  {rollout.Phase} for {age}, Ctrl-C leaves it running"));
        if (rollout.EndedAt is not null) LineSink.WriteLogTail(session, rollout);
    }

    public void Dispose() => _block.Dispose();
}

/// <summary>A line for each change, and one every five seconds so that a log shows it is alive.</summary>
internal sealed class LineSink(Session session) : IRolloutSink
{
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(5);
    private string _last = "";
    private DateTimeOffset _at;

    public void Show(TrackView track, RolloutView rollout)
    {
        var progress = RolloutText.Progress(rollout, session.Paint);
        var now = DateTimeOffset.UtcNow;
        if (progress == _last && now - _at < SignOfLife) return;
        (_last, _at) = (progress, now);
        session.Out.WriteLine($"{TrackText.Clock(now)}  {progress}{string.Concat(track.Services.Select(Counts))}");
        session.Out.Flush();
        if (rollout.EndedAt is not null) WriteLogTail(session, rollout);
    }

    public static void WriteLogTail(Session session, RolloutView rollout)
    {
        foreach (var line in LogTailText.Lines(rollout.LogTail)) session.Out.WriteLine(line);
    }

    public void Dispose() { }

    private static string Counts(ServiceView service) => string.Concat(service.Arms.Select(arm => string.Create(
        CultureInfo.InvariantCulture, $"  {service.Service} {arm.Role} {arm.Weight} {arm.Ready}/{arm.Desired} ready {arm.Requests} requests {arm.Bad} bad")));
}

/// <summary>One JSON object a line for each change of phase, step or weight.</summary>
internal sealed class JsonSink(Session session) : IRolloutSink
{
    private RolloutView? _last;

    public void Show(TrackView track, RolloutView rollout)
    {
        var same = _last is not null && _last.Phase == rollout.Phase && _last.Step == rollout.Step && _last.Weight == rollout.Weight && _last.WaitingFor == rollout.WaitingFor;
        _last = rollout;
        if (!same) session.WriteJson(rollout, ApiJson.Default.RolloutView);
    }

    public void Dispose() { }
}
