using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class FluxSourceNotVerifiedRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "flux-source-not-verified", "Source without signature verification", Theme.GitOps, RuleSeverity.Low, ["flux"],
        "Anything at that address is applied",
        "Sign what is published, and set spec.verify with the provider and the identity or keys that may sign")
    {
        Persona = Persona.Auditor,
        Details = "Git and OCI repositories. An OCI artifact is signed by its pipeline with one line, so that is shown to `--persona pedantic`.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (target.IsPartial || target.Spec is not YamlMapping spec || spec.Text("url") is not { } url || spec.Get("verify") is YamlMapping) return;
        var oci = Flux.IsSource(target, "OCIRepository");
        if (oci || Flux.IsSource(target, "GitRepository"))
            report.At(spec.Entry("url")!.Range, $"{target.Title} applies what lies at {YamlQuote.Short(url)}, whoever put it there", "expected spec.verify", level: oci ? Level.Pedantic : null);
    }
}
