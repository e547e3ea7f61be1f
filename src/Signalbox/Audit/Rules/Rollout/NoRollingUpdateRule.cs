using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class NoRollingUpdateRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "no-rolling-update", "Update strategy replaces all pods at once", Theme.Rollout, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize"],
        "Every release is an outage",
        "Set strategy.type: RollingUpdate")
    {
        Fix = FixSafety.Unsafe,
        Details = "A Deployment that mounts a claim may need Recreate, because the volume can be attached once: shown to `--persona pedantic`.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (target.Kind is not ("Deployment" or "DeploymentConfig") || target.Spec.Get("strategy").Entry("type") is not { } type || type.Value.Text() is null or "RollingUpdate" or "Rolling") return;
        var claims = target.Pod?.Volumes.Any(v => v.Entry("persistentVolumeClaim") is not null) == true;
        report.At(type.Range, $"{target.Title} stops every pod before the first new one starts", "expected RollingUpdate", level: claims ? Level.Pedantic : null,
            fix: target.Kind == "Deployment" ? report.Fix(FixSafety.Unsafe, "replace pods one by one", YamlPatch.SetValue(report.File.Text, type, "RollingUpdate")) : null);
    }
}
