namespace Signalbox.Audit;

/// <summary>The specialist a theme's findings are handed to.</summary>
internal static class Handover
{
    public static string Of(Theme theme) => theme switch
    {
        Theme.Injection or Theme.Triggers or Theme.Permissions or Theme.Secrets or Theme.SupplyChain or Theme.ArtifactIntegrity or Theme.Rbac or Theme.KubernetesSecrets or Theme.SecurityContext => "security-auditor",
        Theme.Health or Theme.Rollout or Theme.ProgressiveDelivery or Theme.GitOps or Theme.Resources or Theme.Network or Theme.Image => "kubernetes-architect",
        Theme.Runners => "cloud-architect",
        _ => "devops-troubleshooter",
    };
}
