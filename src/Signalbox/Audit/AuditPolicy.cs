namespace Signalbox.Audit;

/// <summary>What the audited project decided for itself, beside the defaults.</summary>
public sealed record AuditPolicy
{
    public static AuditPolicy Default { get; } = new();
}
