using System.Globalization;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;

namespace Signalbox.Gates.BuiltIn;

/// <summary>Tests ran, and none failed: in any of the reports.</summary>
internal static class TestsGate
{
    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        foreach (var artifact in context.Artifacts)
        {
            var items = context.About(artifact.Digest, EvidenceKind.Test);
            var reports = context.Read<TestFact>(items, lines);
            if (items.Count == 0) lines.Deny("gate-tests-missing", $"{context.Name(artifact)} has no test report; expected JUnit or TRX", context.Add(EvidenceKind.Test, "junit.xml"));
            foreach (var (item, facts) in reports)
                if (!Reuse.Allows(context, rule, item, lines)) continue;
                else if (facts.Failed != 0)
                    lines.Deny("gate-tests-failed", string.Create(CultureInfo.InvariantCulture, $"{facts.Failed} of {facts.Total} tests of {context.Name(artifact)} failed"), context.AddAnew(item), item);
                else if (facts.Total - facts.Skipped <= 0 || facts.Skipped < 0)
                    lines.Undecided("gate-tests-none", string.Create(CultureInfo.InvariantCulture, $"no test of {context.Name(artifact)} ran ({facts.Total} in the report, {facts.Skipped} skipped)"), context.AddAnew(item), item);
                else lines.Allow(string.Create(CultureInfo.InvariantCulture, $"{facts.Total - facts.Skipped} tests of {context.Name(artifact)} passed, {facts.Skipped} were skipped"), item);
        }
    }
}
