using Signalbox.Diagnostics;

namespace Signalbox.Audit;

/// <summary>A finding of a rule.</summary>
/// <param name="Locations">At least one; the first is where it is.</param>
/// <param name="Fix">A deterministic change that mends it, or null.</param>
public sealed record AuditFinding(
    RuleInfo Rule, string Message, IReadOnlyList<Location> Locations, RuleSeverity Severity, Confidence Confidence, Persona Persona, Fix? Fix = null, string? Help = null)
{
    /// <summary>The specialist it is handed to.</summary>
    public string HandTo => Handover.Of(Rule.Theme);

    /// <summary>The same finding as every other part of the product shows it.</summary>
    public Finding ToFinding() => new(Rule.Id, Severity switch
    {
        RuleSeverity.Critical or RuleSeverity.High => Diagnostics.Severity.Error,
        RuleSeverity.Medium or RuleSeverity.Low => Diagnostics.Severity.Warning,
        _ => Diagnostics.Severity.Info,
    }, Message, Locations, Help ?? $"signalbox explain {Rule.Id}", HandTo);
}
