using Signalbox.Audit.Helm.Templates;

namespace Signalbox.Audit.Helm;

/// <summary>What the dot is at the start of a chart's template: helm.sh/docs/chart_template_guide/builtin_objects.</summary>
internal static class ChartContext
{
    /// <summary>What helm template calls a release without a name.</summary>
    public const string Release = "release-name";

    private const string KubernetesMinor = "34";

    /// <summary>A cluster that a chart of today meets; by itself helm takes the one it was built for.</summary>
    public const string KubernetesVersion = $"v1.{KubernetesMinor}.0";

    /// <summary>What every cluster serves; what an operator brings is not there, as for helm template.</summary>
    public static IEnumerable<string> Apis => s_apis;

    private static readonly HashSet<string> s_apis = new(StringComparer.Ordinal)
    {
        "v1", "apps/v1", "batch/v1", "autoscaling/v1", "autoscaling/v2", "policy/v1", "networking.k8s.io/v1", "rbac.authorization.k8s.io/v1", "apiextensions.k8s.io/v1", "admissionregistration.k8s.io/v1",
        "apiregistration.k8s.io/v1", "authentication.k8s.io/v1", "authorization.k8s.io/v1", "certificates.k8s.io/v1", "coordination.k8s.io/v1", "discovery.k8s.io/v1", "events.k8s.io/v1", "flowcontrol.apiserver.k8s.io/v1",
        "node.k8s.io/v1", "scheduling.k8s.io/v1", "storage.k8s.io/v1",
    };

    /// <exception cref="TemplateException">Its values are too large.</exception>
    public static Dictionary<string, object?> Of(Chart chart, string path, Repository repository) => new(StringComparer.Ordinal)
    {
        // templates may change what they are given
        ["Values"] = TemplateValue.Copy(chart.Values),
        ["Chart"] = TemplateValue.Copy(chart.Metadata),
        ["Release"] = Map(("Name", Release), ("Namespace", "default"), ("Service", "Helm"), ("IsInstall", true), ("IsUpgrade", false), ("Revision", 1L)),
        ["Template"] = Map(("Name", $"{chart.Name}/{Inner(chart, path)}"), ("BasePath", $"{chart.Name}/templates")),
        ["Capabilities"] = Map(
            ("APIVersions", Map(("Has", (Func<object?[], object?>)(a => HasApi(TemplateValue.Text(a[0])))))),
            ("KubeVersion", Map(("Version", KubernetesVersion), ("GitVersion", KubernetesVersion), ("Major", "1"), ("Minor", KubernetesMinor))),
            ("HelmVersion", Map(("Version", "v3.19.0")))),
        ["Files"] = Map(("Get", (Func<object?[], object?>)(a => Read(chart, TemplateValue.Text(a[0]), repository)))),
        ["Subcharts"] = Map(),
    };

    private static Dictionary<string, object?> Map(params ReadOnlySpan<(string Key, object? Value)> entries)
    {
        var map = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in entries) map[key] = value;
        return map;
    }

    // a kind may follow the version: policy/v1/PodDisruptionBudget
    private static bool HasApi(string name) => s_apis.Contains(name) || (name.LastIndexOf('/') is > 0 and var slash && s_apis.Contains(name[..slash]));

    private static string Read(Chart chart, string path, Repository repository) =>
        RelativePath.Join(chart.Folder, path) is { } file ? repository.Open(file)?.Text.Content ?? "" : "";

    private static string Inner(Chart chart, string path) => chart.Folder.Length == 0 ? path : path[(chart.Folder.Length + 1)..];
}
