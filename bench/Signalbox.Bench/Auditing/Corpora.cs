using Signalbox.Bench.Machine;

namespace Signalbox.Bench.Auditing;

/// <summary>Files to audit: the labelled cases beside the repository where they are there, and the repository's own cases.</summary>
internal static class Corpora
{
    private static readonly string[] s_gitHub = ["actionlint", "gha-hazmat", "noise", "poutine", "scorecard", "zizmor"];

    /// <summary>Folders of labelled cases: <c>--corpora DIR</c>, else ../shared/audit-cases, else none.</summary>
    private static string? Labelled(BenchOptions options)
    {
        var folder = options.Text("--corpora") ?? Path.Combine(Workspace.Repository, "..", "shared", "audit-cases");
        return Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
    }

    /// <summary>Every workflow of GitHub Actions.</summary>
    public static IReadOnlyList<string> Workflows(BenchOptions options) =>
    [
        .. (Labelled(options) is { } folder ? s_gitHub.Select(name => Path.Combine(folder, name)) : [Path.Combine(Workspace.Repository, "tests", "cases", "audit")])
            .Where(Directory.Exists)
            .SelectMany(Files)
            .Where(f => f.Contains("/.github/workflows/", StringComparison.Ordinal) && f.EndsWith("ml", StringComparison.Ordinal)),
    ];

    /// <summary>Every file of every corpus, of whatever kind.</summary>
    public static IReadOnlyList<string> All(BenchOptions options) =>
        [.. Files(Path.Combine(Workspace.Repository, "tests", "cases", "audit")), .. Labelled(options) is { } folder ? Files(folder).Where(f => f.Contains("/cases/", StringComparison.Ordinal)) : []];

    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
}
