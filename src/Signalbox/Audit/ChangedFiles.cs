using Signalbox.Delivery;
using Signalbox.Diagnostics;

namespace Signalbox.Audit;

/// <summary>The files of a folder that differ from a revision: committed since they parted from it, or not committed yet, or new.</summary>
public sealed class ChangedFiles
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HashSet<string> _paths;

    private ChangedFiles(IEnumerable<string> paths) => _paths = new(paths, StringComparer.Ordinal);

    /// <summary>Whether any place of a finding lies in a changed file: what a change breaks elsewhere is its doing too.</summary>
    public bool Concern(AuditFinding finding) => finding.Locations.Any(l => _paths.Contains(l.Path));

    /// <exception cref="SignalboxException">Git does not know; exit code 3.</exception>
    public static async Task<ChangedFiles> SinceAsync(string root, string revision, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Patience);
        // from where the branches parted, as a review shows it
        var from = (await LinesAsync(root, revision, ["merge-base", "--end-of-options", revision, "HEAD"], '\n', deadline.Token).ConfigureAwait(false)).First();
        var changed = await LinesAsync(root, revision, ["diff", "--name-only", "--no-ext-diff", "--no-textconv", "--relative", "-z", from, "--"], '\0', deadline.Token).ConfigureAwait(false);
        var added = await LinesAsync(root, revision, ["ls-files", "--others", "--exclude-standard", "-z"], '\0', deadline.Token).ConfigureAwait(false);
        return new([.. changed, .. added]);
    }

    private static async Task<string[]> LinesAsync(string root, string revision, string[] arguments, char end, CancellationToken cancellation)
    {
        var answer = await GitProgram.RunAsync(root, arguments, cancellation).ConfigureAwait(false);
        if (answer is { Code: 0 }) return answer.Output.Split(end, StringSplitOptions.RemoveEmptyEntries);
        var why = answer is null ? "git cannot be started" : answer.Error.Trim() is { Length: > 0 } error ? error.ReplaceLineEndings(" ") : "the two have no commit in common";
        throw new SignalboxException(3, Finding.Error("audit-since", $"git does not say what changed since '{revision}': {why}", new("command line"), $"git -C {root} merge-base {revision} HEAD"));
    }
}
