using Signalbox.Delivery;
using Signalbox.Yaml;
using static Signalbox.Audit.Grades.Grader;

namespace Signalbox.Audit.Grades;

/// <summary>Checks 2 and 4, and the points of the checklist about what runs.</summary>
internal static class RunningPoints
{
    public static GradePoint Dora { get; } = Unknown("dora", "delivery is measured (DORA)", "files do not tell; the ledger does: signalbox status");

    public static GradePoint RollbackTested { get; } = Unknown("rollback-tested", "rollback tested, under 30 s", "only a rehearsal tells");

    public static GradePoint Recovery { get; } = Unknown("recovery", "disaster recovery tested", "only a rehearsal tells");

    public static GradePoint Health(Facts facts)
    {
        const string Title = "health is checked before traffic comes";
        var lacking = facts.Containers.FirstOrDefault(c => c.Container.Pod.Owner.Kind != "DaemonSet" && c.Container.Root.Get("readinessProbe") is null);
        if (lacking.File is not null) return Missing("health", Title, $"{lacking.Container.Title} has no readiness probe", lacking.File.At(lacking.Container.Range));
        if (facts.Containers.Select(c => c.File.At(c.Container.Range)).FirstOrDefault() is { } at) return Proven("health", Title, "every container that runs on has a readiness probe", at);
        return facts.Own.Count > 0 ? Proven("health", Title, "Signalbox probes each service before it gets traffic", facts.OwnFile) : Unknown("health", Title, "no workload is described here");
    }

    public static GradePoint Rollback(Facts facts)
    {
        const string Title = "rollback happens by itself";
        if (facts.Own.Any(a => a.Environments.Any(e => e.Strategy.Kind != StrategyKind.Recreate))) return Proven("rollback", Title, "the strategy goes back when it hurts users", facts.OwnFile);
        if (Rollbacks.First(facts.Repository) is { } at) return Proven("rollback", Title, "a way back is declared", at);
        return facts.Deploys.Count > 0
            ? Missing("rollback", Title, "something is deployed, and no file says how to go back", facts.Deploys[0].File.At(facts.Deploys[0].Job.Range))
            : Unknown("rollback", Title, "nothing is deployed from here");
    }

    public static GradePoint GracefulShutdown(Facts facts)
    {
        const string Title = "shutdown is graceful";
        if (facts.Found("grace-period-shorter-than-prestop") is { } cut) return Missing("graceful-shutdown", Title, "the pod is killed before its preStop hook has ended", cut);
        foreach (var (file, container) in facts.Containers)
            if ((container.Root.Get("lifecycle").Entry("preStop") ?? container.Pod.Spec.Entry("terminationGracePeriodSeconds")) is { } entry)
                return Proven("graceful-shutdown", Title, "time to drain is given", file.At(entry.Range));
        return facts.Own.Count > 0 ? Proven("graceful-shutdown", Title, "Signalbox drains before it stops", facts.OwnFile) : Unknown("graceful-shutdown", Title, "files name no hook; the program may handle SIGTERM itself");
    }

    public static GradePoint Alerts(Facts facts)
    {
        const string Title = "success is watched, and alerts are set";
        if (facts.Object("PrometheusRule", "AlertmanagerConfig", "ServiceLevelObjective", "PrometheusServiceLevel", "VMRule", "DatadogMonitor") is { } at) return Proven("alerts", Title, "alerts or objectives are declared", at);
        if (facts.Own.Any(a => a.Environments.Any(e => e.Services.Any(s => s.Objective is not { Availability: null, LatencyP99: null })))) return Proven("alerts", Title, "objectives are declared", facts.OwnFile);
        return Unknown("alerts", Title, "no file declares any; they may live elsewhere");
    }

    public static GradePoint Runbooks(Facts facts)
    {
        const string Title = "runbooks are there";
        return facts.PathWith("runbook", "playbooks/incident") is { } at
            ? Proven("runbooks", Title, "written here", at)
            : Unknown("runbooks", Title, "no file is called one; they may live elsewhere");
    }
}
