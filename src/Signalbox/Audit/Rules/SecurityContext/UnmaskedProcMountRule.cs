using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class UnmaskedProcMountRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "unmasked-proc-mount", "Unmasked proc mount", Theme.SecurityContext, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize"],
        "Kernel details become visible and writable",
        "Drop procMount, so that the default masks apply")
    {
        Fix = FixSafety.Unsafe,
    };

    public void Check(PodContainer container, Report report)
    {
        if (container.SecurityContext.Entry("procMount") is { } entry && entry.Value.Text() is not (null or "Default"))
            report.At(entry.Range, $"{container.Title} sees {YamlQuote.Short(entry.Value.Text()!)} /proc", "expected Default",
                fix: report.Set(FixSafety.Unsafe, "mask /proc", container.Root, "Default", "securityContext", "procMount"));
    }
}
