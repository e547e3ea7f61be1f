using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class IngressWithoutTlsRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "ingress-without-tls", "Ingress without TLS", Theme.Network, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize"],
        "Traffic is readable on the way",
        "Add spec.tls with the hosts and the secret of their certificate")
    {
        Details = "Where annotations say that a load balancer ends TLS, nothing is found.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (target.Kind != "Ingress" || target.IsPartial || target.Group is not ("networking.k8s.io" or "extensions") || target.Spec.Get("tls").Items().Count > 0 || EndsElsewhere(target)) return;
        report.At(target.Spec.Entry("tls")?.Range ?? target.Range, $"{target.Title} serves plain HTTP", "expected spec.tls");
    }

    private static bool EndsElsewhere(KubernetesObject target) => target.Metadata.Get("annotations").Entries().Any(a => a.Key.Value is
        "alb.ingress.kubernetes.io/certificate-arn" or "networking.gke.io/managed-certificates" or "ingress.gcp.kubernetes.io/pre-shared-cert" or "appgw.ingress.kubernetes.io/appgw-ssl-certificate");
}
