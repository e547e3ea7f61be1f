using Signalbox.Diagnostics;

namespace Signalbox.Audit.Grades;

/// <summary>
/// Grades a repository by the five checks before a release and the ten points of the deployment checklist (docs/audit.md, "Grades").
/// A point is proven or missing only where a file says so.
/// </summary>
internal static class Grader
{
    private static readonly Theme[] s_security =
        [Theme.Injection, Theme.Triggers, Theme.Permissions, Theme.Secrets, Theme.SupplyChain, Theme.Runners, Theme.ArtifactIntegrity, Theme.SecurityContext, Theme.Rbac, Theme.KubernetesSecrets];

    private static readonly Theme[] s_downtime = [Theme.Health, Theme.Rollout, Theme.ProgressiveDelivery, Theme.GitOps, Theme.Network];

    /// <param name="findings">All that was found, whoever it is for.</param>
    /// <param name="everyRule">Whether every rule looked: else none can be said to have found nothing.</param>
    public static Grade Of(Repository repository, IReadOnlyList<AuditFinding> findings, bool everyRule = true)
    {
        var facts = new Facts(repository, findings);
        GradeCheck[] checks =
        [
            new("security", "security first", [SecurityPoints.Provenance(facts), SecurityPoints.Signature(facts), SecurityPoints.Secrets(facts), Findings(facts, s_security, everyRule)]),
            new("downtime", "zero downtime", [RunningPoints.Health(facts), RunningPoints.Rollback(facts), Findings(facts, s_downtime, everyRule)]),
            new("quality", "quality", [QualityPoints.Coverage(facts), QualityPoints.Scans(facts)]),
            new("observability", "observability", [RunningPoints.Alerts(facts), RunningPoints.Dora]),
            new("experience", "developer experience", [QualityPoints.SelfService(facts), QualityPoints.Feedback]),
        ];
        return new(checks,
        [
            QualityPoints.Automated(facts), SecurityPoints.Secrets(facts), QualityPoints.Scans(facts), SecurityPoints.Signature(facts), RunningPoints.Health(facts),
            RunningPoints.GracefulShutdown(facts), RunningPoints.RollbackTested, RunningPoints.Dora, RunningPoints.Runbooks(facts), RunningPoints.Recovery,
        ]);
    }

    private static GradePoint Findings(Facts facts, Theme[] themes, bool everyRule)
    {
        var worst = facts.Findings.FirstOrDefault(f => f.Severity >= RuleSeverity.High && f.Persona == Persona.Regular && themes.Contains(f.Rule.Theme));
        return new("findings", "no finding of high severity", worst is not null ? Standing.Missing : everyRule && Any(facts, themes) ? Standing.Proven : Standing.Unknown,
            worst is not null ? worst.Rule.Id : everyRule ? "every rule looked and found none" : "only some rules were asked", worst?.Locations[0]);
    }

    // without a file of that kind nothing was looked at
    private static bool Any(Facts facts, Theme[] themes) => themes == s_security
        ? facts.HasPipelines || facts.Containers.Any() || facts.Repository.All<Docker.Dockerfile>().Count > 0
        : facts.Repository.All<Kubernetes.KubernetesObject>().Count > 0;

    internal static GradePoint Proven(string id, string title, string because, Location? at) => new(id, title, Standing.Proven, because, at);

    internal static GradePoint Missing(string id, string title, string because, Location? at = null) => new(id, title, Standing.Missing, because, at);

    internal static GradePoint Unknown(string id, string title, string because) => new(id, title, Standing.Unknown, because);
}
