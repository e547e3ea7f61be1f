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
            if (await GitAsync(directory, ["log", "-1", "--format=%H%x00%cI%x00%s"], deadline.Token) is not { } log) return null;
            var fields = log.TrimEnd('\n').Split('\0');
            if (fields.Length != 3) return null;
            var status = await GitAsync(directory, ["status", "--porcelain", "--untracked-files=normal"], deadline.Token);
            var at = DateTimeOffset.TryParse(fields[1], CultureInfo.InvariantCulture, out var committed) ? committed : (DateTimeOffset?)null;
            return new(fields[0], Dirty: status is not "", fields[2], at);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task<string?> GitAsync(string directory, string[] arguments, CancellationToken cancellation) =>
        await GitProgram.RunAsync(directory, arguments, cancellation) is { Code: 0, Output: var output } ? output : null;
}
