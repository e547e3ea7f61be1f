using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class UntrustedRegistryRule : Rule, IChecks<PodContainer>, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "untrusted-registry", "Image from a registry not allowed", Theme.Dockerfile, RuleSeverity.Medium, ["dockerfile", "kubernetes", "helm", "kustomize"],
        "The organisation's policy does not allow this source",
        "Take the image from a registry that your policy names")
    {
        Persona = Persona.Pedantic,
        Details = "A registry given by its address is always found; others where the policy lists the registries that are trusted.",
    };

    public void Check(PodContainer container, Report report)
    {
        if (container.EffectiveImage is { } image && Why(image, report.Policy) is { } why)
            report.At(container.Root.Entry("image")?.Range ?? container.Range, $"{container.Title} takes its image from {YamlQuote.Short(image.Host)}", why);
    }

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var stage in file.Stages)
            if (stage.Outside is { } image && Why(image, report.Policy) is { } why)
                report.At(stage.From.Arguments.InFile(stage.ImageWord.Range), $"the build takes its image from {YamlQuote.Short(image.Host)}", why);
    }

    private static string? Why(WrittenImage image, AuditPolicy policy)
    {
        var host = image.Host.Split(':')[0];
        if (policy.TrustedRegistries.Count > 0) return policy.TrustedRegistries.Contains(image.Host) ? null : "expected a registry of the policy";
        return System.Net.IPAddress.TryParse(host, out _) ? "expected a name, which a certificate can prove" : null;
    }
}
