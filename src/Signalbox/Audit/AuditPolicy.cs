namespace Signalbox.Audit;

/// <summary>What the audited project decided for itself, beside the defaults.</summary>
public sealed record AuditPolicy
{
    public static AuditPolicy Default { get; } = new();

    /// <summary>The registries that images may come from, by host and port; empty trusts all. Docker Hub is <c>docker.io</c>.</summary>
    public IReadOnlyList<string> TrustedRegistries { get; init; } = [];

    /// <summary>Patterns of actions that alone may be used; empty where any may.</summary>
    public IReadOnlyList<string> AllowedActions { get; init; } = [];

    /// <summary>Patterns of actions that may not be used.</summary>
    public IReadOnlyList<string> DeniedActions { get; init; } = [];
}
