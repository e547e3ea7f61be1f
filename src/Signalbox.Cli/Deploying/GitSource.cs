using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Signalbox.Delivery;

namespace Signalbox.Cli.Deploying;

/// <summary>Which commit a release comes from, by the git program.</summary>
internal static class GitSource
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <returns>Null outside of a work tree, and where there is no git.</returns>
    public static async Task<SourceRevision?> OfAsync(string directory, CancellationToken cancel)
    {
        var commit = await GitAsync(directory, cancel, "log", "-1", "--format=%H%n%cI%n%s").ConfigureAwait(false);
        if (commit?.Split('\n') is not [var id, var at, var subject, ..]) return null;
        var changes = await GitAsync(directory, cancel, "status", "--porcelain", "--", ".").ConfigureAwait(false);
        var committed = DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, out var time) ? time : (DateTimeOffset?)null;
        return new(id, changes is not { Length: 0 }, subject, committed);
    }

    private static async Task<string?> GitAsync(string directory, CancellationToken cancel, params string[] arguments)
    {
        var start = new ProcessStartInfo("git") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(Patience);
            using var git = Process.Start(start);
            if (git is null) return null;
            var errors = git.StandardError.ReadToEndAsync(limit.Token);
            var output = await git.StandardOutput.ReadToEndAsync(limit.Token).ConfigureAwait(false);
            await errors.ConfigureAwait(false);
            await git.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return git.ExitCode == 0 ? output : null;
        }
        catch (Exception e) when (e is Win32Exception || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }
}
