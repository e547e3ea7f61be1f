using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class SecretExposedAsEnvRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "secret-exposed-as-env", "Secret exposed through the environment", Theme.KubernetesSecrets, RuleSeverity.Low, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "Environment values leak into logs and child processes",
        "Mount the secret as a file and read it from there")
    {
        Persona = Persona.Pedantic,
    };

    public void Check(PodContainer container, Report report)
    {
        foreach (var variable in container.Environment)
            if (variable.Get("valueFrom").Entry("secretKeyRef") is { } entry)
                report.At(entry.Range, $"{container.Title} gets secret {YamlQuote.Short(variable.Text("name") ?? "")} through its environment", "expected a mounted file");
        foreach (var source in container.Root.Get("envFrom").Items())
            if (source.Entry("secretRef") is { } entry)
                report.At(entry.Range, $"{container.Title} gets every value of secret '{YamlQuote.Short(entry.Value.Text("name") ?? "")}' through its environment", "expected a mounted file");
    }
}
