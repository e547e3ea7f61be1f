using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class FluxReferenceMissingRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "flux-reference-missing", "dependsOn or sourceRef names nothing", Theme.GitOps, RuleSeverity.High, ["flux"],
        "Reconciliation never starts",
        "Name an object that exists, with its namespace where that is another one")
    {
        Details = "Where the repository declares no object of that kind, or only ones whose namespace a kustomization gives, they may be elsewhere: shown to `--persona pedantic`. The source that `flux bootstrap` makes is left out; an ArtifactGenerator makes the ExternalArtifacts that it names.",
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, target) in cluster.OfKinds("Kustomization", "HelmRelease"))
            foreach (var reference in Flux.References(target))
            {
                if (reference.Name == Flux.Bootstrap || Revision.IsOpen(reference.Name) || Revision.IsOpen(reference.Namespace)) continue;
                if (reference.Kind != target.Kind && !Flux.SourceKinds.Contains(reference.Kind)) continue;
                if (cluster.Named(reference.Kind, reference.Name, reference.Namespace, target).Any()) continue;
                if (reference.Kind == Flux.Artifact && cluster.Known(Flux.Generator).Any(g => Flux.Makes(g.Document, reference, target))) continue;
                var elsewhere = cluster.Known(reference.Kind).FirstOrDefault(o => o.Document.Name == reference.Name);
                report.In(file, reference.Place.Range, $"{target.Title} refers to {reference.Kind} '{YamlQuote.Short(reference.Name)}', which no manifest declares{(elsewhere.Document is null ? "" : " in that namespace")}",
                    elsewhere.Document is null ? "expected one that exists" : $"it is in {YamlQuote.Short(elsewhere.Document.Namespace ?? "default")}", level: IsKnown(cluster, reference, target) ? null : Level.Pedantic);
            }
    }

    private static bool IsKnown(Cluster cluster, FluxReference reference, KubernetesObject target) => cluster.Known(reference.Kind).Any(o => !ReferenceEquals(o.Document, target) && o.Document.Name != Flux.Bootstrap);
}
