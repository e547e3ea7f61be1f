using Signalbox.Audit.Compose;
using Signalbox.Audit.GitOps;
using Signalbox.Audit.Jenkins;
using Signalbox.Audit.Kubernetes;
using Signalbox.Pipelines.Jenkins;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class PrivilegedContainerRule : Rule, IChecks<PodContainer>, IChecks<KubernetesObject>, IChecks<ComposeService>, IChecks<JenkinsPipeline>
{
    public override RuleInfo Info { get; } = new(
        "privileged-container", "Privileged container", Theme.SecurityContext, RuleSeverity.Critical, ["kubernetes", "compose", "helm", "kustomize", "argo-rollouts", "jenkins"],
        "Root on the node", "Drop privileged: true; add the one capability or device the program needs")
    {
        Fix = FixSafety.Unsafe,
        Details = "Values that Flux's HelmRelease and Argo CD's Application hand to a chart count, too, where they name the field as a pod does. Also in the options of the containers that a Jenkinsfile's steps run in, where it is high.",
    };

    // no field of a pod's security context, but whoever wrote it there means every container
    public void Check(PodContainer container, Report report)
    {
        if (container.Security("privileged") is { } entry && entry.Value.Switch() == true)
            report.At(entry.Range, $"{container.Title} is privileged", "expected false",
                fix: report.Fix(FixSafety.Unsafe, "take the privilege away", YamlPatch.SetValue(report.File.Text, entry, "false")));
    }

    public void Check(ComposeService service, Report report)
    {
        if (service.Root.Entry("privileged") is { } entry && entry.Value.Switch() == true) report.At(entry.Range, $"{service.Title} is privileged", "expected false",
            fix: report.Fix(FixSafety.Unsafe, "take the privilege away", YamlPatch.SetValue(report.File.Text, entry, "false")));
    }

    public void Check(JenkinsPipeline jenkins, Report report)
    {
        foreach (var (words, range) in DockerArguments.Of(jenkins))
            if (words.Contains("--privileged")) report.At(range, "the build's container is privileged", "expected the one capability or device that is needed: --cap-add, --device", level: new(RuleSeverity.High));
    }

    public void Check(KubernetesObject target, Report report)
    {
        foreach (var (entry, _) in ReleaseValues.OnInSecurityContext(target, "privileged")) report.At(entry.Range, $"{target.Title} has its chart run a privileged container", "expected false");
    }
}
