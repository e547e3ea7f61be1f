using System.Globalization;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;

namespace Signalbox.Gates.BuiltIn;

/// <summary>Alert rules watch the application, and each says what to do.</summary>
internal static class AlertsGate
{
    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        var files = context.Artifacts.SelectMany(artifact => context.About(artifact.Digest, EvidenceKind.Alerts)).DistinctBy(item => item.Record.Id).ToList();
        var read = context.Read<AlertsFact>(files, lines);
        if (read.Count == files.Count && read.Sum(file => file.Facts.Rules) == 0)
            lines.Deny("gate-alerts-missing", "no alert rule watches it; expected Prometheus rules", context.Add(EvidenceKind.Alerts, "alerts.yaml"), read.Select(file => file.Item));
        foreach (var (item, facts) in read.Where(file => file.Facts.Rules > 0))
            if (facts.WithoutAction.Count > 0)
                lines.Deny("gate-alert-without-action", $"{facts.WithoutAction[0]}{(facts.WithoutAction.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" and {facts.WithoutAction.Count - 1} more") : "")} of {facts.Rules} alerts say no action",
                    "annotations: { runbook_url: https://… }   # in the alert's rule", item);
            else lines.Allow(string.Create(CultureInfo.InvariantCulture, $"{facts.Rules} alerts watch it, each with an action"), item);
    }
}
