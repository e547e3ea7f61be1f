using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class LowUserIdRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "low-user-id", "User or group id in the host's range", Theme.SecurityContext, RuleSeverity.Low, ["kubernetes", "helm", "kustomize"],
        "An id shared with a host user meets that user's files",
        "Run with a user and group id of 10000 or more")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Unsafe,
        Details = "Ids below 10000 are those of people and services on usual hosts. An id that is not set is shown to `--persona auditor`.",
    };

    public void Check(PodContainer container, Report report)
    {
        if (container.Role == ContainerRole.Ephemeral || container.Pod.IsWindows) return;
        var lowest = report.Policy.Thresholds.UserId;
        var low = false;
        foreach (var key in (ReadOnlySpan<string>)["runAsUser", "runAsGroup"])
        {
            if (container.Security(key) is not { } id || id.Value.Number() is not (>= 0 and var number) || number >= lowest) continue;
            low = true;
            report.At(id.Range, $"{container.Title} has {key} {number}, an id that the host may use too", $"expected {lowest} or more",
                fix: report.Fix(FixSafety.Unsafe, $"use {lowest}", YamlPatch.SetValue(report.File.Text, id, $"{lowest}")));
        }
        if (!low && container.IsWhole && container.Security("runAsUser") is null)
            report.At(container.Range, $"{container.Title} sets no user id", $"expected runAsUser of {lowest} or more", level: Level.Auditor);
    }
}
