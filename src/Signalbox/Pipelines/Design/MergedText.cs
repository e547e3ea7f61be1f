using Signalbox.Delivery;

namespace Signalbox.Pipelines.Design;

/// <summary>What became of two changes of one text.</summary>
/// <param name="Text">The merged text; null where both changed the same lines.</param>
/// <param name="Conflict">The first line of the person's text that both changed, 1-based; 0 where there is none.</param>
public sealed record MergedText(string? Text, int Conflict)
{
    /// <summary>Merges what people changed since a text was last written with what would be written now, by <c>git merge-file</c>.</summary>
    /// <param name="mine">The file as it lies there.</param>
    /// <param name="written">What was last written.</param>
    /// <param name="now">What would be written now.</param>
    /// <param name="scratch">An existing folder for the three texts; the caller removes it.</param>
    /// <exception cref="IOException">Git is not there, or refuses.</exception>
    public static async Task<MergedText> MergeAsync(string mine, string written, string now, string scratch, CancellationToken cancellation)
    {
        if (mine == written || mine == now) return new(now, 0);
        if (written == now) return new(mine, 0);
        foreach (var (name, text) in new[] { ("mine", mine), ("written", written), ("now", now) }) await File.WriteAllTextAsync(Path.Combine(scratch, name), text, cancellation);
        var answer = await GitProgram.RunAsync(scratch, ["merge-file", "-p", "-q", "mine", "written", "now"], cancellation);
        // git-merge-file(1): the number of conflicts, at most 127, or a larger code on an error
        if (answer is null or { Code: < 0 or > 127 }) throw new IOException($"git merge-file did not answer: {answer?.Error.Trim() ?? "git is not there"}");
        if (answer.Code == 0) return new(answer.Output, 0);
        var before = answer.Output.Split('\n').TakeWhile(line => !line.StartsWith("<<<<<<<", StringComparison.Ordinal)).ToList();
        // what stands before the first conflict may hold lines that are new; the last that the person's text has, too, leads to the place
        var lines = mine.Split('\n');
        var last = before.FindLast(line => line.Trim().Length > 0 && Array.IndexOf(lines, line) >= 0);
        return new(null, last is null ? 1 : Math.Min(lines.Length, Array.LastIndexOf(lines, last, Math.Min(lines.Length, before.Count) - 1) + 2));
    }
}
