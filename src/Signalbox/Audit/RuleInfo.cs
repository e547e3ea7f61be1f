namespace Signalbox.Audit;

/// <summary>How much harm follows where the finding is right.</summary>
public enum RuleSeverity { Info, Low, Medium, High, Critical }

/// <summary>How sure the finding is.</summary>
public enum Confidence { Low, Medium, High }

/// <summary>Who wants to read it: everyone, those who want every improvement, or an auditor who wants every place to look at.</summary>
public enum Persona { Regular, Pedantic, Auditor }

/// <summary>What a rule is about: its folder, and the specialist its findings are handed to.</summary>
public enum Theme
{
    Injection, Triggers, Permissions, Secrets, SupplyChain, Runners, Delivery, ArtifactIntegrity, Health, Rollout, ProgressiveDelivery, GitOps,
    Resources, SecurityContext, Rbac, KubernetesSecrets, Network, Image, Dockerfile,
}

/// <summary>Whether a fix may change what the pipeline or workload does beyond mending the finding.</summary>
public enum FixSafety { Safe, Unsafe }

/// <summary>What a rule is, said once: the catalogue, <c>explain</c>, the rule's page and SARIF all show this.</summary>
/// <param name="Id">kebab-case and stable; the class, the page and the case folder have the same name.</param>
/// <param name="Title">What is wrong, in a few words.</param>
/// <param name="Platforms">What it reads: <c>github-actions</c>, <c>kubernetes</c>, <c>dockerfile</c> …</param>
/// <param name="Rationale">Why it matters, in one sentence.</param>
/// <param name="Remedy">What to do, in one or two sentences.</param>
public sealed record RuleInfo(
    string Id, string Title, Theme Theme, RuleSeverity Severity, IReadOnlyList<string> Platforms, string Rationale, string Remedy)
{
    public Confidence Confidence { get; init; } = Confidence.High;

    public Persona Persona { get; init; } = Persona.Regular;

    /// <summary>Whether a deterministic fix exists, and the least safe kind it gives; null where there is none.</summary>
    public FixSafety? Fix { get; init; }

    /// <summary>What is found and what is not, where the title leaves it open; Markdown for the rule's page.</summary>
    public string? Details { get; init; }
}
