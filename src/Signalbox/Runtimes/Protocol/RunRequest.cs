using Signalbox.Delivery;

namespace Signalbox.Runtimes.Protocol;

/// <summary>A hook: one command in a release's artifact, with its service's environment and nothing else.</summary>
/// <param name="Timeout">After it the command's whole process group is killed.</param>
public sealed record RunRequest(
    string Track, string Service, Digest Artifact, IReadOnlyList<string> Command, IReadOnlyDictionary<string, string> Environment, TimeSpan Timeout);

/// <param name="ExitCode">Null when it was killed or could not be started.</param>
/// <param name="Signal">That ended it, or null.</param>
/// <param name="Output">Standard output and error, at most 64 KiB of it.</param>
/// <param name="Error">Why it could not be started, or null.</param>
public sealed record RunResult(int? ExitCode, int? Signal, bool TimedOut, string Output, string? Error);
