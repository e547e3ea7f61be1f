namespace Signalbox.Host.Supervision;

/// <param name="ExitCode">Null when it was killed or could not be started.</param>
/// <param name="Signal">That ended it, or null.</param>
/// <param name="Output">Standard output and error as they came, at most the limit.</param>
/// <param name="Error">Why it could not be started, or null.</param>
internal sealed record CommandResult(int? ExitCode, int? Signal, bool TimedOut, string Output, bool OutputCut, TimeSpan Took, string? Error)
{
    public bool Succeeded => ExitCode == 0 && !TimedOut;
}

/// <summary>Runs one command to its end: own process group, bounded time and output, nothing left behind.</summary>
internal static class CommandRunner
{
    /// <param name="environment">All that the command sees; nothing is inherited.</param>
    /// <param name="outputLimit">Bytes kept; what comes after is read and dropped.</param>
    public static Task<CommandResult> RunAsync(
        IReadOnlyList<string> command, string workingDirectory, IReadOnlyDictionary<string, string> environment,
        TimeSpan timeout, int outputLimit, CancellationToken cancel) => throw new NotImplementedException();
}
