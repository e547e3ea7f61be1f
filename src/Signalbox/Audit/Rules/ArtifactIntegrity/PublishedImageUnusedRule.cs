using Signalbox.Audit.Kubernetes;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class PublishedImageUnusedRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "published-image-unused", "Pipeline publishes an image nobody deploys", Theme.ArtifactIntegrity, RuleSeverity.Info, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "A dead artifact or a forgotten manifest update", "Deploy the image, or stop publishing it")
    {
        Confidence = Confidence.Low,
        Persona = Persona.Pedantic,
        Details = "Only where the repository also holds manifests with images: without them the images are deployed from elsewhere.",
    };

    public void Check(Repository repository, Report report)
    {
        var used = repository.All<KubernetesObject>().SelectMany(o => o.Document.Containers()).Select(c => c.Image).OfType<string>().Select(Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (used.Count == 0) return;
        foreach (var (file, pipeline) in repository.All<Pipeline>())
            foreach (var publish in pipeline.Jobs.SelectMany(j => j.Activities).Where(a => a.Kind == ActivityKind.PublishImage && a.Subject is not null))
            {
                var names = publish.Subject!.Split(['\n', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Name).Where(n => n.Length > 0 && !n.Contains('$')).Distinct().ToList();
                if (names.Count > 0 && !names.Any(n => used.Any(u => u.Equals(n, StringComparison.OrdinalIgnoreCase) || u.EndsWith("/" + n[(n.LastIndexOf('/') + 1)..], StringComparison.OrdinalIgnoreCase))))
                    report.In(file, publish.Range, $"'{YamlQuote.Short(names[0])}' is published, but no manifest of this repository runs it");
            }
    }

    private static string Name(string reference)
    {
        var text = reference.Split('@')[0];
        var colon = text.LastIndexOf(':');
        return colon > text.LastIndexOf('/') ? text[..colon] : text;
    }
}
