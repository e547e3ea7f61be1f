using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class HostProcessContainerRule : Rule, IChecks<PodContainer>, IChecks<Pod>
{
    public override RuleInfo Info { get; } = new(
        "host-process-container", "Windows host process container", Theme.SecurityContext, RuleSeverity.High, ["kubernetes", "helm", "kustomize"],
        "It runs on the node itself",
        "Drop hostProcess: true")
    {
        Fix = FixSafety.Unsafe,
    };

    public void Check(PodContainer container, Report report) => Check(container.SecurityContext, container.Title, report);

    public void Check(Pod pod, Report report) => Check(pod.SecurityContext, pod.Owner.Title, report);

    private static void Check(YamlNode? context, string title, Report report)
    {
        if (context.Get("windowsOptions").Entry("hostProcess") is { } entry && entry.Value.Switch() == true)
            report.At(entry.Range, $"{title} runs as a process of the Windows host", "expected false",
                fix: report.Fix(FixSafety.Unsafe, "run in a container of its own", YamlPatch.SetValue(report.File.Text, entry, "false")));
    }
}
