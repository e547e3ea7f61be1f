using System.Text.RegularExpressions;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed partial class AnalysisArgumentMissingRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "analysis-argument-missing", "Analysis argument not supplied", Theme.ProgressiveDelivery, RuleSeverity.High, ["argo-rollouts"],
        "The analysis errors instead of measuring",
        "Hand the argument over in args of the analysis, or give it a value in the template")
    {
        Details = "Arguments that a template declares without a value and its user does not give, and `{{args.…}}` in a template that no template declares.",
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        var templates = cluster.Objects.Where(o => AnalysisTemplates.Is(o.Document)).ToList();
        var declared = cluster.All.Where(o => AnalysisTemplates.Is(o.Document)).SelectMany(t => AnalysisTemplates.Arguments(t.Document)).Select(a => a.Text("name")).ToHashSet(StringComparer.Ordinal);
        foreach (var (file, template) in templates) Undeclared(file, template, declared, report);
        foreach (var (file, target) in cluster.Objects)
            foreach (var use in ArgoRollout.Analyses(target)) Check(cluster, file, target, use, report);
    }

    // a template may take an argument that another one of the same list declares
    private static void Undeclared(SourceFile file, KubernetesObject template, HashSet<string?> declared, Report report)
    {
        if (template.Spec is null) return;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var scalar in template.Spec.Scalars())
            foreach (Match use in Argument().Matches(scalar.Value))
                if (!declared.Contains(use.Groups[1].Value) && seen.Add(use.Groups[1].Value))
                    report.In(file, YamlPosition.InText(file.Text, scalar, new TextRange(use.Index, use.Index + use.Length)), $"{template.Title} uses argument '{YamlQuote.Short(use.Groups[1].Value)}', which no template declares", "expected it in spec.args");
    }

    private static void Check(Cluster cluster, SourceFile file, KubernetesObject owner, AnalysisUse use, Report report)
    {
        if (AnalysisTemplates.All(cluster, use, owner) is not { } templates) return;
        foreach (var group in templates.SelectMany(t => AnalysisTemplates.Arguments(t.Document).Select(a => (t.File, Argument: a))).GroupBy(a => a.Argument.Text("name") ?? "", StringComparer.Ordinal))
        {
            if (group.Any(a => (a.Argument.Entry("value") ?? a.Argument.Entry("valueFrom")) is not null) || use.Gives(group.Key)) continue;
            var (where, argument) = group.First();
            report.In(file, use.Templates.First().Place.Range, $"{owner.Title} does not give its analysis argument '{YamlQuote.Short(group.Key)}'", "expected it in args", related: where.At(argument.Range, "declared here without a value"));
        }
    }

    [GeneratedRegex(@"\{\{\s*args\.([\w-]+)\s*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Argument();
}
