using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class FlaggerMetricTemplateMissingRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "flagger-metric-template-missing", "Flagger metric template not found", Theme.ProgressiveDelivery, RuleSeverity.High, ["flagger"],
        "The canary fails at its first check",
        "Declare the MetricTemplate, or name its namespace in templateRef.namespace")
    {
        Details = "Without a namespace the Canary's own is meant. Where the repository declares no MetricTemplate at all, they may be made elsewhere: shown to `--persona pedantic`. "
            + "A metric without `templateRef` and `query` is one only under the name of a built-in one: `request-success-rate`, `request-duration`.",
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, canary) in cluster.OfKind("Canary").Where(c => Flagger.IsCanary(c.Document)))
        {
            foreach (var metric in Flagger.Metrics(canary).OfType<YamlMapping>().Where(m => !canary.IsPartial && !Flagger.Measures(m)))
                report.In(file, metric.Entry("name")?.Range ?? metric.Range, $"metric '{YamlQuote.Short(metric.Text("name") ?? "")}' of {canary.Title} has neither templateRef nor query, and is none of Flagger's own", "expected request-success-rate or request-duration, or a templateRef");
            foreach (var reference in Flagger.Metrics(canary).Select(m => m.Get("templateRef")).OfType<YamlMapping>())
                if (reference.Entry("name") is { } name && !cluster.Named("MetricTemplate", name.Value.Text(), reference.Text("namespace"), canary).Any())
                    report.In(file, name.Range, $"{canary.Title} measures by MetricTemplate '{YamlQuote.Short(name.Value.Text() ?? "")}', which no manifest declares in {Where(reference)}", "expected a MetricTemplate",
                        level: cluster.Known("MetricTemplate").Any() ? null : Level.Pedantic);
        }
    }

    private static string Where(YamlMapping reference) => reference.Text("namespace") is { } space ? $"namespace {YamlQuote.Short(space)}" : "its namespace";
}
