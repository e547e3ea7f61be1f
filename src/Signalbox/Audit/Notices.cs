namespace Signalbox.Audit;

/// <summary>
/// What the audit says of its own reading: of files, of its policy, of ignores. No rules of the catalogue: they can be neither
/// switched off nor fixed, and <c>--rule</c> does not choose them.
/// </summary>
internal static class Notices
{
    public static RuleInfo InvalidPolicy { get; } = new(
        "invalid-policy", "Policy that cannot be read", Theme.Delivery, RuleSeverity.Medium, ["all"],
        "A decision that is not understood does not hold, and nobody sees it", "Mend the audit section of signalbox.yaml at the place named; signalbox schema shows what it may say");

    public static RuleInfo InvalidIgnore { get; } = new(
        "invalid-ignore", "Ignore without a rule or a reason", Theme.Delivery, RuleSeverity.Low, ["all"],
        "Without the rule and the reason nobody can tell later whether it still holds", "Write it as: signalbox: ignore[RULE] REASON");

    public static RuleInfo UnusedIgnore { get; } = new(
        "unused-ignore", "Ignore that sets nothing aside", Theme.Delivery, RuleSeverity.Info, ["all"],
        "It will hide the next finding, which nobody has looked at", "Remove it");

    public static RuleInfo UnfollowedTemplate { get; } = new(
        "unfollowed-template", "Template of a chart that is not followed", Theme.Delivery, RuleSeverity.Info, ["helm"],
        "What it writes is not checked", "Audit what helm template writes, or let --render run helm");

    public static IReadOnlyList<RuleInfo> All { get; } = [BrokenFile.Info, InvalidPolicy, InvalidIgnore, UnusedIgnore, UnfollowedTemplate];

    public static AuditFinding Of(RuleInfo notice, string message, Diagnostics.Location at, string? help = null) =>
        new(notice, message, [at], notice.Severity, notice.Confidence, notice.Persona, null, help);
}
