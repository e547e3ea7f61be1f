using System.Buffers;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class UnsafeIngressAnnotationRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "unsafe-ingress-annotation", "Ingress annotation injects configuration", Theme.Network, RuleSeverity.High, ["kubernetes", "helm", "kustomize"],
        "Snippets run in the shared controller",
        "Drop the snippet; what it did belongs to the controller's own configuration")
    {
        Details = "Snippets of nginx, and addresses and names in its annotations with signs that end a directive.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (target.Kind != "Ingress") return;
        foreach (var annotation in target.Metadata.Get("annotations").Entries())
            if (IsSnippet(annotation.Key.Value))
                report.At(annotation.Key.Range, $"{target.Title} injects configuration into the shared controller", "a snippet");
            else if (Breaks(annotation.Key.Value, annotation.Value.Text() ?? ""))
                report.At(annotation.Key.Range, $"{target.Title} has signs in {YamlQuote.Short(annotation.Key.Value)} that end an nginx directive", "CVE-2025-1097, CVE-2025-1098, CVE-2025-24514");
    }

    private static bool IsSnippet(string key) => key.Contains("nginx", StringComparison.Ordinal) && key.EndsWith("-snippet", StringComparison.Ordinal)
        || key is "nginx.org/location-snippets" or "nginx.org/server-snippets" or "ingress.kubernetes.io/configuration-snippet";

    private static readonly SearchValues<char> s_addressEnds = SearchValues.Create("\r\n<>\"{}|^`\\;#");
    private static readonly SearchValues<char> s_nameEnds = SearchValues.Create("\r\n#{};|");

    private static bool Breaks(string key, string value) => key switch
    {
        "nginx.ingress.kubernetes.io/auth-url" or "nginx.ingress.kubernetes.io/mirror-target" or "nginx.ingress.kubernetes.io/mirror-host" or "nginx.ingress.kubernetes.io/auth-signin" =>
            value.AsSpan().ContainsAny(s_addressEnds) && !value.Contains("{{", StringComparison.Ordinal),
        "nginx.ingress.kubernetes.io/auth-tls-match-cn" => value.AsSpan().ContainsAny(s_nameEnds),
        _ => false,
    };
}
