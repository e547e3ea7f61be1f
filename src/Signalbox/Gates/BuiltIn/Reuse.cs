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
        if (item.Record.AlsoOf.Count == 0 || !GateValues.Denies(rule.Values("reused")) || (item.Facts?.Names.Contains(item.Record.Subject) ?? false)) return true;
        lines.Undecided("gate-evidence-reused",
            $"the very same {item.Record.Kind.Word()} was handed in for {item.Record.AlsoOf[0].Value[..19]}… before, so it may be that one's; expected a report of this release",
            context.AddAnew(item) + $"   # made anew; or in policy.yaml: {rule.Gate}: {{ reused: allow }}", item);
        return false;
    }
}
