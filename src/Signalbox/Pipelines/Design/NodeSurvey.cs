using System.Globalization;
using System.Text.RegularExpressions;
using Signalbox.Delivery.Detection;
using static Signalbox.Pipelines.Design.RepositorySurveyor;

namespace Signalbox.Pipelines.Design;

/// <summary>Reads what a repository says of Node.js.</summary>
internal static partial class NodeSurvey
{
    private static readonly string[] s_sources = ["src", "lib", "app"];

    public static LanguageFound? Of(SourceTree tree, Notes notes)
    {
        if (tree.Read("package.json") is not { } file || JsonPlaces.Read(file, notes) is not { } json) return null;
        var scripts = json["scripts"];
        // packages alone are tools of another language's project
        if (scripts?["test"] is null && scripts?["build"] is null) return null;
        Seen? Uses(string name) => (json["devDependencies"]?[name] ?? json["dependencies"]?[name]) is { } place ? At(file, place.Line, name) : null;
        var version = LanguageVersions.Node(tree, json["engines"]?["node"] is { Text: { } range } engine ? At(file, engine.Line, range) : null);
        var (manager, locked) = Manager(tree);
        var vitest = Uses("vitest");
        return new("node", At(file, 1, "package.json"), version?.Version ?? new("24", ""), new(manager, locked?.Place ?? file.Path), locked,
            vitest ?? Uses("jest") ?? Uses("c8") ?? Uses("nyc") ?? Own(file, scripts?["test"], version), scripts?["build"] is { } build ? At(file, build.Line, "build") : null, [])
        {
            Beyond = version?.Beyond,
            Sources = [.. s_sources.Where(tree.Folders.Contains)],
            SaysWhatIsMeasured = file.Text.Contains("collectCoverageFrom", StringComparison.Ordinal)
                || tree.Files.Where(f => Config().IsMatch(f)).Select(tree.Read).Any(f => f is not null && Measured().IsMatch(f.Text)),
            Lacks = vitest is null || (Uses("@vitest/coverage-v8") ?? Uses("@vitest/coverage-istanbul")) is not null ? null
                : "vitest measures nothing without @vitest/coverage-v8 or @vitest/coverage-istanbul: the job fails until one of them is there",
        };
    }

    [GeneratedRegex(@"^(?:jest|vitest|vite)\.config\.[cm]?[jt]s(?:on)?$")]
    private static partial Regex Config();

    [GeneratedRegex(@"collectCoverageFrom|\bcoverage\s*:\s*\{[^{}]{0,4000}?\b(?:include|all)\s*:")]
    private static partial Regex Measured();

    private static (string Manager, Seen? Lock) Manager(SourceTree tree) =>
        Present(tree, "package-lock.json", "npm-shrinkwrap.json") is { } npm ? ("npm", npm)
        : Present(tree, "pnpm-lock.yaml") is { } pnpm ? ("pnpm", pnpm)
        : tree.Read("yarn.lock") is { } yarn ? (yarn.Text.Contains("# yarn lockfile v1", StringComparison.Ordinal) ? "yarn-1" : "yarn", new Seen("yarn.lock", "yarn.lock"))
        : Present(tree, "bun.lock", "bun.lockb") is { } bun ? ("bun", bun)
        : ("npm", null);

    /// <summary>Runners that write reports of tests and coverage by themselves: Node's from version 20 on, and Bun's.</summary>
    private static Seen? Own(SourceFile file, JsonPlace? test, LanguageVersions.Found? version) => test switch
    {
        { Text: "bun test" } => At(file, test.Line, "bun"),
        { Text: "node --test" } when version is null || (int.TryParse(version.Version.Value, CultureInfo.InvariantCulture, out var release) && release >= 20) => At(file, test.Line, "node"),
        _ => null,
    };
}
