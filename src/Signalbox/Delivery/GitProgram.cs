using System.ComponentModel;
using System.Diagnostics;
using Signalbox.Diagnostics;

namespace Signalbox.Delivery;

/// <summary>How a run of <c>git</c> ended.</summary>
internal sealed record GitAnswer(int Code, string Output, string Error);

/// <summary>Runs the <c>git</c> program (design decision 15) so that no file of the work tree makes it start anything. What the clone's own .git/config says (filters, for one) is the word of whoever made the clone.</summary>
internal static class GitProgram
{
    /// <param name="input">What it reads.</param>
    /// <returns>Null where git is missing or there is no such directory.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; git was ended.</exception>
    public static async Task<GitAnswer?> RunAsync(string directory, IEnumerable<string> arguments, CancellationToken cancellation, string input = "")
    {
        if (InstalledProgram.Find("git") is not { } program) return null;
        // fsmonitor, hooks and external diffs are programs of the repository's choosing: reading it must not run them
        var start = new ProcessStartInfo(program, ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never", "--no-optional-locks", .. arguments])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        try
        {
            using var git = Process.Start(start);
            return git is null ? null : await AnswerAsync(git, input, cancellation);
        }
        catch (Exception e) when (e is Win32Exception or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>What to say where Git does not read a directory because it belongs to another user; null where it does, or it is no work tree.</summary>
    public static async Task<Finding?> RefusalAsync(string directory, CancellationToken cancellation)
    {
        if (await RunAsync(directory, ["rev-parse", "--show-toplevel"], cancellation) is not { Code: 128, Error: var said }) return null;
        // the words around it are in the user's language
        return said.Split('\n').FirstOrDefault(line => line.Contains("safe.directory", StringComparison.Ordinal)) is { } remedy
            ? new("git-refuses", Severity.Warning, $"Git does not read {directory}, for it belongs to another user; its commit and what it ignores are not known", [new(directory)], remedy.Trim())
            : null;
    }

    private static async Task<GitAnswer> AnswerAsync(Process git, string input, CancellationToken cancellation)
    {
        try
        {
            var errors = git.StandardError.ReadToEndAsync(cancellation);
            var answers = git.StandardOutput.ReadToEndAsync(cancellation);
            await TellAsync(git, input, cancellation);
            var output = await answers;
            var error = await errors;
            await git.WaitForExitAsync(cancellation);
            return new(git.ExitCode, output, error);
        }
        catch (OperationCanceledException)
        {
            git.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task TellAsync(Process git, string input, CancellationToken cancellation)
    {
        try
        {
            await git.StandardInput.WriteAsync(input.AsMemory(), cancellation);
            git.StandardInput.Close();
        }
        catch (IOException)
        {
            // it ended without reading to the end, and its code says why
        }
    }
}
