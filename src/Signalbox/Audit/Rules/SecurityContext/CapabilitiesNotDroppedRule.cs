using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class CapabilitiesNotDroppedRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "capabilities-not-dropped", "Default capabilities kept", Theme.SecurityContext, RuleSeverity.Low, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "The default set is more than an app needs",
        "Set capabilities.drop to [ALL], and add back the one that the program needs")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Unsafe,
        Details = "Also satisfied where each capability of the default set is dropped by name. What adds all capabilities back goes with the fix.",
    };

    // what container runtimes grant by default (containerd and CRI-O agree but for a few)
    private static readonly string[] s_default =
    [
        "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE",
    ];

    public void Check(PodContainer container, Report report)
    {
        if (container.Role == ContainerRole.Ephemeral || container.Pod.IsWindows || s_default.All(container.Drops)) return;
        var drop = container.SecurityContext.Get("capabilities").Entry("drop");
        if (drop is null && !container.IsWhole) return;
        report.At(drop?.Range ?? container.Range, $"{container.Title} keeps default capabilities", "expected drop: [ALL]",
            fix: Mend(container, report));
    }

    private static Fix? Mend(PodContainer container, Report report)
    {
        const string title = "drop all capabilities";
        if (ManifestFix.Own(container.Root, "securityContext", "capabilities") is not { } capabilities || !container.Capabilities("add").Any(c => c.Name == "ALL"))
            return report.Set(FixSafety.Unsafe, title, container.Root, "[ALL]", "securityContext", "capabilities", "drop");
        // what adds all of them back would undo it
        if (capabilities.Find("add") is not { Alias: null } add) return null;
        var text = report.File.Text;
        var undone = ManifestFix.RemoveItems(text, capabilities, i => PodContainer.IsCapability(i, "ALL"), "add");
        if (capabilities.Find("drop") is not null)
            return ManifestFix.Set(text, capabilities, "[ALL]", "drop") is { } set && undone is { } without ? report.Fix(FixSafety.Unsafe, title, set, without) : null;
        var drop = ManifestFix.Entry(text, capabilities, "[ALL]", "drop");
        return undone is { } rest && !rest.Range.Overlaps(add.Key.Range) ? report.Fix(FixSafety.Unsafe, title, YamlPatch.AddFirst(text, capabilities, drop), rest)
            : report.Fix(FixSafety.Unsafe, title, new TextEdit(add.Range, drop));
    }
}
