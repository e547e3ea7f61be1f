using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;

namespace Signalbox.Gates.BuiltIn;

/// <summary>
/// A report that was handed in for another subject before, byte by byte, and names neither: it may well be the old one again.
/// </summary>
internal static class Reuse
{
    /// <returns>False, with a line, where it does not count.</returns>
    public static bool Allows(GateContext context, GateRule rule, EvidenceItem item, GateLines lines)
    {
        if (Earlier(context, item.Record) is not { } earlier || !GateValues.Denies(rule.Values("reused")) || (item.Facts?.Names.Contains(item.Record.Subject) ?? false)) return true;
        lines.Undecided("gate-evidence-reused",
            $"the very same {item.Record.Kind.Word()} was handed in for {earlier.Value[..19]}… before, so it may be that one's; expected a report of this release",
            context.AddAnew(item, $"made anew; or in policy.yaml: {rule.Gate}: {{ reused: allow }}"), item);
        return false;
    }

    /// <summary>What it was handed in for before by somebody whose word counts: anybody else could say so of any report (docs/decisions/0115).</summary>
    private static Digest? Earlier(GateContext context, EvidenceRecord record)
    {
        for (var i = 0; i < record.AlsoOf.Count; i++)
            if (record.AlsoBy is not { } by || i >= by.Count || context.Hears(by[i])) return record.AlsoOf[i];
        return null;
    }
}
