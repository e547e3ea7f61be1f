using System.Globalization;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;

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
        // a scan by one tool does not make another's fresh
        var groups = context.Read<EvidenceFacts>(context.About(artifact.Digest, kind), lines).Where(read => Counts(context, artifact.Digest, read.Item, read.Facts)).GroupBy(read => (read.Facts as ScanFact)?.Tool ?? "");
        foreach (var group in groups)
        {
            var (item, facts) = group.MaxBy(read => Age.MadeAt(read.Item.Record, read.Facts));
            var made = Age.MadeAt(item.Record, facts);
            var name = group.Key.Length > 0 ? $"{group.Key} {kind.Word()}" : kind.Word();
            if (made > context.Now + Age.Skew || facts.MadeAt > item.Record.At + Age.Skew)
                lines.Undecided("gate-evidence-from-the-future", $"the newest {name} of {context.Name(artifact)} says that it was made on {facts.MadeAt ?? made:yyyy-MM-dd HH:mm} UTC, which has not come yet", "timedatectl", item);
            else if (context.Now - made > most)
                lines.Deny("gate-evidence-stale", $"the newest {name} of {context.Name(artifact)} is {Text(context.Now - made)} old; expected at most {Text(most)}", context.AddAnew(item), item);
            else lines.Allow($"the newest {name} of {context.Name(artifact)} is {Text(context.Now - made)} old", item);
        }
    }

    /// <summary>
    /// Anybody can bring today what does not hold, or is signed by somebody else: of what proves itself only what does is looked at,
    /// and where the policy tells its own gate whom it takes, only what that one takes.
    /// </summary>
    private static bool Counts(GateContext context, Digest artifact, EvidenceItem item, EvidenceFacts facts) => item.Record.Verification.Verdict != VerificationVerdict.Failed && facts switch
    {
        SignatureFact signature when context.Rule(GateTable.Signature) is { Settings.Count: > 0 } rule => SignatureGate.Takes(rule, item, signature, artifact),
        ProvenanceFact provenance when context.Rule(GateTable.Provenance) is { Settings.Count: > 0 } rule => ProvenanceGate.Takes(context, rule, item, provenance, artifact),
        SignatureFact or ProvenanceFact => item.Record.Verification.Verdict == VerificationVerdict.Verified && facts.Names.Contains(artifact),
        _ => true,
    };

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
