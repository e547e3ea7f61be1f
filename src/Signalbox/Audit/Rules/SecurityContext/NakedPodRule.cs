using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class NakedPodRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "naked-pod", "Pod without a controller", Theme.SecurityContext, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize"],
        "Nobody restarts it elsewhere",
        "Let a Deployment, StatefulSet or Job own the pod")
    {
        Details = "Test hooks of Helm charts are left out, and templates of pods: those without a name, with a container without an image, or in a file that is called template.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (target.Kind != "Pod" || target.IsPartial || target.Metadata.Get("ownerReferences").Items().Count > 0 || target.Annotation("helm.sh/hook") is not null || IsTemplate(target, report.File)) return;
        report.At(target.Range, $"{target.Title} has no controller that starts it anew", "expected a Deployment, StatefulSet or Job");
    }

    // what a program makes its pods from: nobody applies it
    private static bool IsTemplate(KubernetesObject target, SourceFile file) => file.Name.Contains("template", StringComparison.OrdinalIgnoreCase)
        || (target.Name.Length == 0 && target.Metadata.Text("generateName") is null) || target.Pod?.Containers.Any(c => c.Image is null && c.Root.Find("image") is null) == true;
}
