using Signalbox.Delivery.Artifacts;
using Signalbox.Diagnostics;

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

    /// <summary>What the project decided about single rules, by id.</summary>
    public IReadOnlyDictionary<string, RuleDecision> Rules { get; init; } = new Dictionary<string, RuleDecision>();

    public AuditThresholds Thresholds { get; init; } = new();

    /// <summary>Paths that are not read, in the words of <c>.gitignore</c>.</summary>
    public IReadOnlyList<string> Excluded
    {
        get;
        init => (field, _excluded) = (value, IgnoreRules.Parse(value));
    } = [];

    private readonly IgnoreRules _excluded = IgnoreRules.Parse([]);

    /// <summary>Whether a file, or a folder that it lies in, is excluded.</summary>
    internal bool Excludes(string path)
    {
        if (Excluded.Count == 0) return false;
        for (var slash = path.IndexOf('/'); slash > 0; slash = path.IndexOf('/', slash + 1))
            if (_excluded.Ignores(path[..slash], directory: true)) return true;
        return _excluded.Ignores(path, directory: false);
    }

    /// <summary>The finding as the project wants it: with its own severity, or null where the rule is off.</summary>
    internal AuditFinding? Apply(AuditFinding finding) => Rules.GetValueOrDefault(finding.Rule.Id) switch
    {
        { Off: not null } => null,
        { Severity: { } severity } => finding with { Severity = severity },
        _ => finding,
    };
}

/// <summary>What a project decided about one rule.</summary>
/// <param name="Severity">Holds instead of the rule's own; null where that stays.</param>
/// <param name="Off">Why the rule is switched off; null where it runs.</param>
public sealed record RuleDecision(RuleSeverity? Severity, string? Off);

/// <summary>The numbers that rules compare with, where a project may have its own.</summary>
/// <param name="Replicas">The fewest pods of a workload (<c>fewer-than-three-replicas</c>).</param>
/// <param name="UserId">The lowest user or group id that is no host's (<c>low-user-id</c>).</param>
/// <param name="CooldownDays">How long a new release of a dependency waits (<c>missing-dependency-cooldown</c>).</param>
public sealed record AuditThresholds(int Replicas = 3, int UserId = 10000, int CooldownDays = 7);

/// <summary>A policy as it was read.</summary>
/// <param name="Problems">What is wrong with it; what could be read holds all the same.</param>
public sealed record ReadPolicy(AuditPolicy Policy, IReadOnlyList<Finding> Problems);
