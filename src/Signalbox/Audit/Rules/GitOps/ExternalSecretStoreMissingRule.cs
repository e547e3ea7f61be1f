using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ExternalSecretStoreMissingRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "external-secret-store-missing", "External secret references a missing store", Theme.GitOps, RuleSeverity.High, ["external-secrets"],
        "The secret is never created",
        "Declare the store, or set kind: ClusterSecretStore where that is meant (the default is SecretStore)")
    {
        Details = "Where the repository declares no store at all, they may be made elsewhere: shown to `--persona pedantic`.",
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, target) in cluster.OfKinds("ExternalSecret", "ClusterExternalSecret", "PushSecret"))
            foreach (var reference in ExternalSecrets.Stores(target))
            {
                if (reference.Entry("name") is not { } name || name.Value.Text() is not { } text || Revision.IsOpen(text)) continue;
                var kind = reference.Text("kind") ?? "SecretStore";
                if (kind is not ("SecretStore" or "ClusterSecretStore") || Exists(cluster, kind, text, target)) continue;
                var other = kind == "SecretStore" ? "ClusterSecretStore" : "SecretStore";
                report.In(file, name.Range, $"{target.Title} reads from {kind} '{YamlQuote.Short(text)}', which no manifest declares", cluster.Known(other).Any(s => s.Document.Name == text) ? $"a {other} has that name: kind" : "expected a store that exists",
                    level: cluster.Known("SecretStore", "ClusterSecretStore").Any() ? null : Level.Pedantic);
            }
    }

    // a ClusterExternalSecret makes its secrets in namespaces that are not known here
    private static bool Exists(Cluster cluster, string kind, string name, KubernetesObject target) => kind == "ClusterSecretStore" || target.Kind == "ClusterExternalSecret"
        ? cluster.Known(kind).Any(s => s.Document.Name == name)
        : cluster.Named(kind, name, target).Any();
}
