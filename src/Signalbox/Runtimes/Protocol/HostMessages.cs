namespace Signalbox.Runtimes.Protocol;

/// <summary>Every refusal of the host's API that is not the answer to a put.</summary>
/// <param name="Id">kebab-case and stable.</param>
public sealed record HostProblem(string Id, string Message);

/// <summary>A line a workload printed.</summary>
/// <param name="Instance">Its id, stable over restarts.</param>
/// <param name="Stream">stdout or stderr.</param>
public sealed record InstanceLogLine(DateTimeOffset At, string Service, string Revision, string Instance, string Stream, string Text);
