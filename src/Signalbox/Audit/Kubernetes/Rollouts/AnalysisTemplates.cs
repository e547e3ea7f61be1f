using System.Text.RegularExpressions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>AnalysisTemplates and ClusterAnalysisTemplates.</summary>
internal static class AnalysisTemplates
{
    private const int DeepestNesting = 8;
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(50);

    public static bool Is(KubernetesObject target) => target.Group == ArgoRollout.Group && target.Kind is "AnalysisTemplate" or "ClusterAnalysisTemplate";

    public static IEnumerable<AnalysisMetric> Metrics(KubernetesObject template) =>
        template.Spec.Get("metrics").Items().OfType<YamlMapping>().Select(m => new AnalysisMetric(m));

    public static IEnumerable<YamlMapping> Arguments(KubernetesObject template) => template.Spec.Get("args").Items().OfType<YamlMapping>();

    /// <summary>The templates that a reference can mean.</summary>
    public static IEnumerable<Located<KubernetesObject>> Find(Cluster cluster, TemplateReference reference, KubernetesObject near) => reference.IsCluster
        ? cluster.Known("ClusterAnalysisTemplate").Where(t => t.Document.Name == reference.Name)
        : cluster.Named("AnalysisTemplate", reference.Name, near);

    /// <summary>The templates that a template takes its metrics from.</summary>
    public static IEnumerable<TemplateReference> Nested(KubernetesObject template) =>
        template.Spec.Get("templates").Items().Select(TemplateReference.Of).OfType<TemplateReference>();

    /// <summary>Every template that an analysis runs, nested ones included; null where one of them is not declared, not known whole or not one alone.</summary>
    public static IReadOnlyList<Located<KubernetesObject>>? All(Cluster cluster, AnalysisUse use, KubernetesObject owner)
    {
        var found = new List<Located<KubernetesObject>>();
        return use.Templates.All(t => Collect(cluster, t, owner, found, 0)) ? found : null;
    }

    /// <summary>Whether a list of dry runs covers a metric: each name is a regular expression.</summary>
    public static bool IsDry(IEnumerable<YamlNode> dryRuns, AnalysisMetric metric) => dryRuns.Any(d => d.Text("metricName") is { } pattern && Matches(pattern, metric.Name));

    private static bool Collect(Cluster cluster, TemplateReference reference, KubernetesObject owner, List<Located<KubernetesObject>> found, int depth)
    {
        if (depth == DeepestNesting || Find(cluster, reference, owner).Take(2).ToList() is not [{ Document.IsPartial: false } template]) return false;
        if (found.Any(f => ReferenceEquals(f.Document, template.Document))) return true;
        found.Add(template);
        return Nested(template.Document).All(n => Collect(cluster, n, template.Document, found, depth + 1));
    }

    private static bool Matches(string pattern, string name)
    {
        try
        {
            return Regex.IsMatch(name, pattern, RegexOptions.CultureInvariant, s_patience);
        }
        catch (Exception e) when (e is ArgumentException or RegexMatchTimeoutException)
        {
            // what is no pattern here matches nothing there either
            return pattern == name;
        }
    }
}
