using System.Globalization;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;

namespace Signalbox.Gates.BuiltIn;

/// <summary>Each coverage report of each artifact reaches what is asked; where two contradict each other the lower one counts.</summary>
internal static class CoverageGate
{
    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        foreach (var artifact in context.Artifacts)
        {
            var items = context.About(artifact.Digest, EvidenceKind.Coverage);
            var reports = context.Read<CoverageFact>(items, lines);
            if (items.Count == 0)
                lines.Deny("gate-coverage-missing", $"{context.Name(artifact)} has no coverage report; expected Cobertura, LCOV, JaCoCo or OpenCover", context.Add(EvidenceKind.Coverage, "cobertura.xml"));
            foreach (var (item, facts) in reports)
                if (Reuse.Allows(context, rule, item, lines)) One(context, rule, artifact, item, facts, lines);
        }
    }

    private static void One(GateContext context, GateRule rule, (Digest, string) artifact, EvidenceItem item, CoverageFact facts, GateLines lines)
    {
        if (Share(facts.LinesCovered, facts.LinesTotal) is not { } covered)
        {
            lines.Undecided("gate-coverage-empty", $"the coverage report of {context.Name(artifact)} says {facts.LinesCovered} of {facts.LinesTotal} lines, which says nothing", context.AddAnew(item), item);
            return;
        }
        Judge("lines", covered, facts.LinesCovered, facts.LinesTotal, GateValues.Share(rule.Values("atLeast")));
        if (rule.Value("branchesAtLeast") is null) return;
        if (Share(facts.BranchesCovered, facts.BranchesTotal) is { } branches) Judge("branches", branches, facts.BranchesCovered, facts.BranchesTotal, GateValues.Share(rule.Values("branchesAtLeast")));
        else lines.Undecided("gate-coverage-no-branches", $"the coverage report of {context.Name(artifact)} counts no branches", context.AddAnew(item), item);

        void Judge(string what, double share, long reached, long total, double asked)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"tests reach {Percent(share)} of the {what} of {context.Name(artifact)} ({reached:N0} of {total:N0})");
            if (share >= asked) lines.Allow(text, item);
            else lines.Deny("gate-coverage-low", $"{text}; expected at least {Asked(asked)}", context.AddAnew(item), item);
        }
    }

    /// <summary>Counts that cannot be are no share at all.</summary>
    private static double? Share(long reached, long total) => total > 0 && reached >= 0 && reached <= total ? (double)reached / total : null;

    private static string Asked(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.####} %");

    // cut, not rounded: 79.96 % is not 80 %
    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor((share * 1000) + 1e-9) / 10:0.#} %");
}
