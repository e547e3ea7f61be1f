using Signalbox.Host.Shim;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Supervision;

/// <summary>Says why an instance is not ready.</summary>
internal static class InstanceFailures
{
    public const int TailLines = 20, TailBytes = 4096;

    public static InstanceFailure New(string kind, string message, DateTimeOffset at, IReadOnlyList<string> tail) =>
        new(kind, message, null, at, tail);

    /// <param name="exit">What the shim recorded; null where it was itself killed, or had no disk, before it could.</param>
    public static InstanceFailure Of(ShimExit? exit, DateTimeOffset now, IReadOnlyList<string> tail) => exit switch
    {
        null => new("exited", "ended without a record: its shim was killed, or the disk was full", null, now, tail),
        { Error: { } error } => new("cannot-start", error, null, exit.EndedAt, tail),
        _ => new("exited", Describe(exit), exit.ExitCode, exit.EndedAt, tail),
    };

    private static string Describe(ShimExit exit)
    {
        var after = FormattableString.Invariant($"{(exit.EndedAt - exit.StartedAt).TotalSeconds:0.0} s after its start");
        if (exit.Signal is { } signal) return $"killed by {SignalName(signal)} {after}";
        var hint = exit.ExitCode is 126 or 127 ? "; 126 and 127 mean that a program is missing or that its user may not execute it" : "";
        return $"exited with code {exit.ExitCode} {after}{hint}";
    }

    private static string SignalName(int signal) => signal switch
    {
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL (perhaps out of memory)",
        11 => "SIGSEGV",
        15 => "SIGTERM",
        _ => $"signal {signal}",
    };
}
