using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class GitopsWildcardProjectRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "gitops-wildcard-project", "Project with wildcard sources or destinations", Theme.GitOps, RuleSeverity.High, ["argo-cd"],
        "Any repository can deploy anywhere",
        "List the repositories, and the clusters and namespaces, that the project is for")
    {
        Details = "`*` in sourceRepos, and destinations whose cluster and namespace are both `*`. Every namespace of one named cluster is shown to `--persona pedantic`; so is a wildcard with exceptions (`!…`) beside it.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (!target.Is("AppProject", ArgoApplication.Group)) return;
        var sources = target.Spec.Get("sourceRepos").Items();
        foreach (var source in sources.Where(s => IsAny(s.Text())))
            report.At(source, $"{target.Title} takes manifests from every repository", "expected the repositories it is for", level: sources.Any(s => IsException(s.Text())) ? Level.Pedantic : null);
        var destinations = target.Spec.Get("destinations").Items();
        foreach (var destination in destinations.OfType<YamlMapping>().Where(d => IsAny(d.Text("namespace"))))
            Destination(target, destination, destinations.Any(d => IsException(d.Text("namespace")) || IsException(d.Text("server")) || IsException(d.Text("name"))), report);
    }

    private static void Destination(KubernetesObject target, YamlMapping destination, bool exceptions, Report report)
    {
        var everywhere = (destination.Text("server") ?? destination.Text("name")) is var cluster && IsAny(cluster);
        report.At(destination.Entry("namespace")!.Range, $"{target.Title} deploys into every namespace{(everywhere ? " of every cluster" : $" of {YamlQuote.Short(cluster ?? "its cluster")}")}", "expected the namespaces it is for",
            level: everywhere && !exceptions ? null : Level.Pedantic);
    }

    private static bool IsAny(string? text) => text is "*" or "**";

    private static bool IsException(string? text) => text is ['!', ..];
}
