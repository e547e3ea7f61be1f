using Signalbox.Audit.GitHub;
using Signalbox.Audit.GitHub.Data;
using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class KnownVulnerableActionRule : Rule, IChecks<PipelineStep>, IChecks<PipelineJob>
{
    public override RuleInfo Info { get; } = new(
        "known-vulnerable-action", "Action or template version with a known vulnerability", Theme.SupplyChain, RuleSeverity.High, ["github-actions", "azure-pipelines"],
        "A published advisory covers the version in use", "Use a version that the advisory does not cover")
    {
        Details = "Compared by tag, or by the version beside a pinned commit, with the advisories known when this version of Signalbox was made. A tag such as v4 stands for its newest release and is "
            + "found only where every release of it is covered.",
    };

    public void Check(PipelineStep site, Report report) => CheckUse(site.Step.Uses, report);

    public void Check(PipelineJob site, Report report) => CheckUse(site.Job.Calls, report);

    private static void CheckUse(UsedCode? uses, Report report)
    {
        if (uses is null or { IsLocal: true } or { IsImage: true } || Version(uses, report) is not { } version) return;
        foreach (var advisory in KnownAdvisories.Of(uses.Name).Where(a => IsCovered(version, a)))
            report.At(uses.Range, $"'{YamlQuote.Short(uses.Name)}' {version} has {advisory.Id}: {advisory.Summary}", advisory.Fixed is { } mended ? $"expected {mended} or later" : "there is no version without it",
                help: $"https://github.com/advisories/{advisory.Id}");
    }

    private static string? Version(UsedCode uses, Report report)
    {
        var word = UnpinnedActionRule.IsCommit(uses.Ref) ? KnownCommits.Version(uses.Repository, uses.Ref!) ?? VersionComment.After(report.File.Text, uses.Range.End)?.Version : uses.Ref;
        return word is not null && VersionComment.IsVersion(word) ? word.TrimStart('v', 'V') : null;
    }

    /// <summary>Whether every release the version may stand for lies in the range.</summary>
    private static bool IsCovered(string version, ActionAdvisory advisory)
    {
        var newest = Newest(version);
        return Compare(newest, Parts(advisory.From)) >= 0 && (advisory.Fixed is null || Compare(newest, Parts(advisory.Fixed)) < 0);
    }

    // v4 is the newest 4.x.y
    private static int[] Newest(string version)
    {
        var parts = Parts(version);
        return [.. parts, .. Enumerable.Repeat(int.MaxValue, Math.Max(0, 3 - version.Split('.').Length))];
    }

    private static int[] Parts(string version) => [.. version.Split('.', '-').TakeWhile(p => int.TryParse(p, System.Globalization.CultureInfo.InvariantCulture, out _)).Select(p => int.Parse(p, System.Globalization.CultureInfo.InvariantCulture))];

    private static int Compare(int[] one, int[] other)
    {
        for (var i = 0; i < Math.Max(one.Length, other.Length); i++)
        {
            var (a, b) = (i < one.Length ? one[i] : 0, i < other.Length ? other[i] : 0);
            if (a != b) return a.CompareTo(b);
        }
        return 0;
    }
}
