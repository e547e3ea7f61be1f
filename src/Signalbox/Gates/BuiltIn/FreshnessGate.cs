using System.Globalization;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Evidence.Reports;

namespace Signalbox.Gates.BuiltIn;

/// <summary>
/// The newest evidence of each kind is not older than it may be. Old findings count all the same: this gate asks only
/// whether anybody looked lately. What is missing altogether is the business of the gate that needs it.
/// </summary>
internal static class FreshnessGate
{
    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        foreach (var setting in rule.Shape.Settings)
            if (GateValues.Age(rule.Values(setting.Key)) is { } most && EvidenceKinds.TryParse(setting.Key, out var kind))
                foreach (var artifact in context.Artifacts) Kind(context, artifact, kind, most, lines);
        if (lines.IsEmpty) lines.Allow("there is no evidence that could be stale");
    }

    private static void Kind(GateContext context, (Digest Digest, string Services) artifact, EvidenceKind kind, TimeSpan most, GateLines lines)
    {
        var all = context.Read<EvidenceFacts>(context.About(artifact.Digest, kind), lines);
        // a scan by one tool does not make another's fresh, nor one that looked for something else
        var groups = all.Where(read => Counts(context, artifact.Digest, read.Item, read.Facts)).SelectMany(read => Looked(read.Facts).Select(looked => (read.Item, read.Facts, Looked: looked)))
            .GroupBy(read => read.Looked, (looked, reads) => (looked.Tool, looked.For, Newest: reads.MaxBy(read => Age.MadeAt(read.Item.Record, read.Facts))))
            .GroupBy(group => (group.Tool, group.Newest.Item.Record.Id), (_, kinds) => (kinds.First().Tool, For: string.Join(", ", kinds.Select(kind => kind.For)), kinds.First().Newest.Item, kinds.First().Newest.Facts)).ToList();
        if (groups.Count == 0 && all.Where(read => read.Item.Record.Verification.Verdict == VerificationVerdict.Verified).Select(read => read.Item).ToList() is { Count: > 0 } others)
            lines.Undecided("gate-evidence-not-taken", $"the {kind.Word()} gate takes none of the {kind.Word()} of {context.Name(artifact)}, so none of it is fresh", $"signalbox gates check {context.Release.Id} --env {context.Release.Environment}   # the {kind.Word()} gate says whom it takes", others);
        foreach (var (tool, looked, item, facts) in groups)
        {
            var made = Age.MadeAt(item.Record, facts);
            var name = tool.Length == 0 ? kind.Word() : groups.Count(group => group.Tool == tool) > 1 ? $"{tool} {kind.Word()} for {looked}" : $"{tool} {kind.Word()}";
            if (made > context.Now + Age.Skew || facts.MadeAt > item.Record.At + Age.Skew)
                lines.Undecided("gate-evidence-from-the-future", $"the newest {name} of {context.Name(artifact)} says that it was made on {Said(context, facts.MadeAt ?? made)}", "timedatectl", item);
            else if (context.Now - made > most)
                lines.Deny("gate-evidence-stale", $"the newest {name} of {context.Name(artifact)} is {Text(context.Now - made)} old; expected at most {Text(most)}", context.AddAnew(item, "made anew: what is handed in again stays as old as it is"), item);
            else lines.Allow($"the newest {name} of {context.Name(artifact)} is {Text(context.Now - made)} old", item);
        }
    }

    /// <summary>Each kind of finding that a scan looked for, as its tool did; of what is no scan there is one.</summary>
    private static IEnumerable<(string Tool, string For)> Looked(EvidenceFacts facts) => facts switch
    {
        ScanFact { Covers.Count: > 0 } scan => scan.Covers.Select(covered => (scan.Name, Word(covered))),
        ScanFact scan => [(scan.Name, "what it does not say")],
        _ => [("", "")],
    };

    private static string Word(FindingKind kind) => kind switch
    {
        FindingKind.Vulnerability => "vulnerabilities",
        FindingKind.Misconfiguration => "misconfigurations",
        FindingKind.Secret => "secrets",
        FindingKind.Licence => "licences",
        _ => "code",
    };

    /// <summary>
    /// Anybody can bring today what does not hold, or is signed by somebody else: of what proves itself only what its own gate takes is
    /// looked at.
    /// </summary>
    private static bool Counts(GateContext context, Digest artifact, EvidenceItem item, EvidenceFacts facts) => item.Record.Verification.Verdict != VerificationVerdict.Failed && facts switch
    {
        SignatureFact signature => SignatureGate.Takes(context.Rule(GateTable.Signature), item, signature, artifact),
        ProvenanceFact provenance => ProvenanceGate.Takes(context, context.Rule(GateTable.Provenance), item, provenance, artifact),
        _ => true,
    };

    private static string Said(GateContext context, DateTimeOffset made) =>
        $"{made:yyyy-MM-dd HH:mm} UTC, {(made > context.Now + Age.Skew ? "which has not come yet" : "after it was handed in")}";

    private static string Text(TimeSpan age) => age.TotalHours < 48
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, age.TotalHours):0.#} h")
        : string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0.#} days");
}

/// <summary>When evidence was made: what it says itself counts only where that makes it older.</summary>
internal static class Age
{
    /// <summary>Clocks of two machines may differ by this much.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    public static DateTimeOffset MadeAt(EvidenceRecord record, EvidenceFacts facts) => facts.MadeAt is { } made && made < record.At ? made : record.At;
}
