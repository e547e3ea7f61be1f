using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class TlsVerificationSkippedRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "tls-verification-skipped", "Cluster or service client skips TLS verification", Theme.Network, RuleSeverity.High, ["kubernetes", "helm", "kustomize"],
        "The other end can be anyone",
        "Give the authority's certificate (caBundle, certificate-authority-data) instead of skipping the check");

    public void Check(KubernetesObject target, Report report)
    {
        if (target.Kind == "APIService" && target.Spec.Entry("insecureSkipTLSVerify") is { } skip && skip.Value.Switch() == true)
            report.At(skip.Range, $"{target.Title} trusts whoever answers", "expected caBundle");
        foreach (var cluster in target.Kind == "Config" ? target.Root.Get("clusters").Items() : [])
            if (cluster.Get("cluster").Entry("insecure-skip-tls-verify") is { } entry && entry.Value.Switch() == true)
                report.At(entry.Range, $"cluster '{YamlQuote.Short(cluster.Text("name") ?? "")}' is reached without checking its certificate", "expected certificate-authority-data");
        foreach (var endpoint in target.Kind is "ServiceMonitor" ? target.Spec.Get("endpoints").Items() : [])
            if (endpoint.Get("tlsConfig").Entry("insecureSkipVerify") is { } entry && entry.Value.Switch() == true)
                report.At(entry.Range, $"{target.Title} scrapes without checking the certificate", "expected a ca", level: Level.Pedantic);
    }
}
