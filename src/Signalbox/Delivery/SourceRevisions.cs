using System.Globalization;

namespace Signalbox.Delivery;

/// <summary>Reads where an artifact's source stands, through the <c>git</c> program (design decision 15).</summary>
public static class SourceRevisions
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <returns>Null outside a work tree, before the first commit, where git is missing, or where it does not answer in 10 s.</returns>
    public static async Task<SourceRevision?> ReadAsync(string directory, CancellationToken cancellation = default)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Patience);
        try
        {
            if (await GitAsync(directory, ["log", $"-{SourceRevision.MostEarlier + 1}", "--format=%H%x00%cI%x00%s"], deadline.Token) is not { } log) return null;
            var commits = log.Split('\n').Select(line => line.Split('\0')).Where(fields => fields.Length == 3).ToList();
            if (commits is not [var newest, ..]) return null;
            var status = await GitAsync(directory, ["status", "--porcelain", "--untracked-files=normal"], deadline.Token);
            var earlier = commits.Skip(1).Select(fields => At(fields) is { } at ? new EarlierCommit(fields[0], at) : null).OfType<EarlierCommit>().ToList();
            return new(newest[0], Dirty: status is not "", newest[2], At(newest), earlier.Count == 0 ? null : earlier);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private static DateTimeOffset? At(string[] commit) =>
        DateTimeOffset.TryParse(commit[1], CultureInfo.InvariantCulture, out var committed) ? committed : null;

    private static async Task<string?> GitAsync(string directory, string[] arguments, CancellationToken cancellation) =>
        await GitProgram.RunAsync(directory, arguments, cancellation) is { Code: 0, Output: var output } ? output : null;
}
