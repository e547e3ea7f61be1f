using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ServiceAccountTokenMountedRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "service-account-token-mounted", "Service account token mounted", Theme.SecurityContext, RuleSeverity.Low, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "A break-in gets an API credential for free",
        "Set automountServiceAccountToken: false in the pod, unless the program calls the Kubernetes API")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Unsafe,
        Details = "The pod's setting wins over its service account's, as in Kubernetes.",
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, pod) in cluster.Pods)
        {
            var given = pod.Spec.Entry("automountServiceAccountToken");
            if (given?.Value.Switch() == false || (given is null && AccountForbids(cluster, pod))) continue;
            report.In(file, given?.Range ?? pod.Owner.Range, $"{pod.Owner.Title} mounts a token for the Kubernetes API", "expected automountServiceAccountToken: false",
                fix: ManifestFix.In(file, FixSafety.Unsafe, "mount no token", ManifestFix.Set(file.Text, pod.Spec, "false", "automountServiceAccountToken")));
        }
    }

    private static bool AccountForbids(Cluster cluster, Pod pod) =>
        cluster.Named("ServiceAccount", pod.Spec.Text("serviceAccountName") ?? "default", pod.Owner).Any(a => a.Document.IsPartial || a.Document.Root.Switch("automountServiceAccountToken") == false);
}
