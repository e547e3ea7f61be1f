namespace Signalbox.Audit;

/// <summary>What the audited project decided for itself, beside the defaults.</summary>
public sealed record AuditPolicy
{
    public static AuditPolicy Default { get; } = new();

    /// <summary>Patterns of actions that alone may be used; empty where any may.</summary>
    public IReadOnlyList<string> AllowedActions { get; init; } = [];

    /// <summary>Patterns of actions that may not be used.</summary>
    public IReadOnlyList<string> DeniedActions { get; init; } = [];
}
