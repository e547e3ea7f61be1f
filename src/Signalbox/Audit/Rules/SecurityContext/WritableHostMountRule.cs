using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class WritableHostMountRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "writable-host-mount", "Host path mounted writable", Theme.SecurityContext, RuleSeverity.High, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "The container can change the node",
        "Add readOnly: true to the mount")
    {
        Fix = FixSafety.Unsafe,
    };

    public void Check(PodContainer container, Report report)
    {
        var paths = HostMounts.Of(container.Pod).ToList();
        if (paths.Count == 0) return;
        foreach (var mount in container.Mounts)
            if (mount.Switch("readOnly") != true && paths.FirstOrDefault(p => p.Volume.Text("name") == mount.Text("name")) is { Path: { } path })
                report.At((mount.Entry("name") ?? mount.Entry("mountPath"))?.Range ?? mount.Range, $"{container.Title} can write to {YamlQuote.Short(path.Value.Text() ?? "")} of the node", "expected readOnly: true",
                    fix: report.Set(FixSafety.Unsafe, "mount it read-only", mount, "true", "readOnly"), level: container.Pod.Owner.Kind == "DaemonSet" ? Level.Pedantic : null);
    }
}
