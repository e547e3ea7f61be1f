using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class GitopsDefaultProjectRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "gitops-default-project", "Application in the default project", Theme.GitOps, RuleSeverity.Medium, ["argo-cd"],
        "The default project allows every source and destination",
        "Give the application an AppProject that names its repositories, clusters and namespaces")
    {
        Details = "Not found where the repository itself declares the project `default`, and so says what it allows.",
    };

    public void Check(Repository repository, Report report)
    {
        if (Cluster.Of(repository).Known("AppProject").Any(p => p.Document.Name == "default")) return;
        foreach (var (file, target) in repository.All<KubernetesObject>())
            if (ArgoApplication.Of(target) is { } application && (application.Spec.Text("project") is null or "" or "default"))
                report.In(file, application.Spec.Entry("project")?.Range ?? target.Range, $"{target.Title} is in the default project", "expected a project of its own");
    }
}
