using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ServiceAccountMissingRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "service-account-missing", "Service account does not exist", Theme.Rbac, RuleSeverity.High, ["kubernetes", "helm", "kustomize"],
        "The pod cannot be created",
        "Declare the ServiceAccount beside the workload, or name one that exists")
    {
        Details = "Where no service account is declared beside it (in its chart or kustomization, its folder or one above or below), or a chart that lies elsewhere is deployed there, they may be made elsewhere: shown to `--persona pedantic`.",
    };

    public void Check(Repository repository, Report report)
    {
        var (cluster, elsewhere) = (Cluster.Of(repository), MadeElsewhere.Of(repository));
        foreach (var (file, pod) in cluster.Pods)
        {
            if (pod.Spec.Entry("serviceAccountName") is not { } entry || entry.Value.Text() is not { Length: > 0 } name || name == "default") continue;
            if (cluster.Named("ServiceAccount", name, pod.Owner).Any()) continue;
            report.In(file, entry.Range, $"{pod.Owner.Title} runs as service account '{YamlQuote.Short(name)}', which no manifest declares", "expected it beside the workload",
                level: cluster.Declares("ServiceAccount", pod.Owner) && !elsewhere.HasChart(pod.Owner) ? null : Level.Pedantic);
        }
    }
}
