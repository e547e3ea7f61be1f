using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class RolloutServiceMismatchRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "rollout-service-mismatch", "Canary or stable service does not select the rollout", Theme.Rollout, RuleSeverity.High, ["argo-rollouts"],
        "Traffic goes nowhere when it shifts",
        "Give the service the labels of the pod template as its selector; the controller adds the hash itself")
    {
        Details = "Canary, stable, ping, pong, active and preview services. A service that no manifest declares is not judged.",
    };

    // the controller's own label, which a service applied from the cluster may carry
    private const string Hash = "rollouts-pod-template-hash";

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, rollout) in cluster.OfKind("Rollout"))
        {
            if (!ArgoRollout.Is(rollout) || Labels(cluster, rollout) is not { } labels) continue;
            foreach (var entry in ArgoRollout.Services(rollout))
            {
                var services = cluster.Named("Service", entry.Value.Text(), rollout).Where(s => s.Document.Group.Length == 0).ToList();
                if (services.Count == 0 || services.Any(s => s.Document.IsPartial || Wrong(s.Document, labels) is null)) continue;
                var (where, service) = services[0];
                var label = Wrong(service, labels)!;
                report.In(file, entry.Range, $"{service.Title} selects {YamlQuote.Short(label.Key.Value)}={YamlQuote.Short(label.Value.Text() ?? "")}, which the pods of {rollout.Title} do not have", "expected the labels of the pod template", related: where.At(label.Range, "selected here"));
            }
        }
    }

    private static IReadOnlyDictionary<string, string>? Labels(Cluster cluster, KubernetesObject rollout) => rollout.Spec.Get("workloadRef") is { } reference
        ? cluster.Named(reference.Text("kind") ?? "Deployment", reference.Text("name"), rollout).Select(w => w.Document.IsPartial ? null : w.Document.Pod?.Labels).FirstOrDefault()
        : rollout.Spec.Get("template") is { } template ? LabelSelector.Labels(template.Get("metadata", "labels")) : null;

    private static YamlEntry? Wrong(KubernetesObject service, IReadOnlyDictionary<string, string> labels) =>
        service.Spec.Get("selector").Entries().FirstOrDefault(e => e.Key.Value != Hash && labels.GetValueOrDefault(e.Key.Value) != e.Value.Text());
}
