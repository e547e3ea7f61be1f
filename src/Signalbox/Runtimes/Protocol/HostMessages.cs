using Signalbox.Delivery;

namespace Signalbox.Runtimes.Protocol;

/// <summary>Asks whether an address could be listened on now.</summary>
public sealed record CheckListen(ListenAddress Listen);

/// <param name="Problem">Why not; null where it can.</param>
/// <param name="Holder">"SERVICE of TRACK" where a service of this host has the address; null else.</param>
public sealed record CheckListenResult(string? Problem, string? Holder = null);

/// <param name="StopWorkloads">Drain and stop every instance first; else they live on and the next host adopts them.</param>
public sealed record ShutdownRequest(bool StopWorkloads);

/// <summary>Every refusal of the host's API that is not the answer to a put.</summary>
/// <param name="Id">kebab-case and stable.</param>
public sealed record HostProblem(string Id, string Message);

/// <summary>A line a workload printed.</summary>
/// <param name="Instance">Its id, stable over restarts.</param>
/// <param name="Stream">stdout or stderr.</param>
public sealed record InstanceLogLine(DateTimeOffset At, string Service, string Revision, string Instance, string Stream, string Text);
