using Signalbox.Api;
using Signalbox.Delivery.Policies;
using Signalbox.Gates;

namespace Signalbox.Dora;

/// <summary>The brief's five principles as percentages: each is as good as its weakest part, and a part without anything to count is none.</summary>
internal static class Principles
{
    private static readonly TimeSpan s_rollback = TimeSpan.FromSeconds(30), s_feedback = TimeSpan.FromMinutes(15);
    private static readonly string[] s_supplyChain = [GateTable.Signature, GateTable.Provenance, GateTable.Sbom];

    public static IReadOnlyList<PrincipleView> Of(DoraFacts facts, Window window)
    {
        var begun = facts.Deployments.Where(deployment => !deployment.IsRollback && window.Has(deployment.StartedAt)).ToList();
        var own = begun.Where(deployment => !deployment.IsReported).ToList();
        return
        [
            View("automation", "100 % automation", 1, Part("begun by code", begun.Count(d => d.BegunByCode), begun.Count, 1, "deployments begun by a pipeline's principal (ci:) or by Signalbox itself, of all that began")),
            View("security", "100 % security", 1, [.. Security(own)]),
            View("zeroDowntime", "99.95 % zero downtime", 0.9995, [.. ZeroDowntime(facts, window)]),
            View("observability", "98 % observability", 0.98, [.. Observability(begun, own, window)]),
            View("developerExperience", "95 % developer experience", 0.95, [.. DeveloperExperience(facts, window)]),
        ];
    }

    private static IEnumerable<PrinciplePartView> Security(List<Deployment> own)
    {
        yield return Part("supply chain", own.Count(d => s_supplyChain.All(gate => Allows(d, gate))), own.Count, 1, "releases whose gates signature, provenance and sbom all allowed them, of all that began; a gate that is off has not allowed");
        yield return Part("no secret in Git", own.Count(d => Allows(d, GateTable.Secrets)), own.Count, 1, "releases that the gate secrets allowed, of all that began");
        yield return Part("scanned", own.Count(d => Allows(d, GateTable.Vulnerabilities)), own.Count, 1, "releases that the gate vulnerabilities allowed, of all that began");
    }

    private static IEnumerable<PrinciplePartView> ZeroDowntime(DoraFacts facts, Window window)
    {
        var traffic = facts.Deployments.Where(deployment => window.Has(deployment.ExposedAt)).SelectMany(deployment => deployment.Traffic.Values).ToList();
        var (requests, bad) = (traffic.Sum(t => Math.Max(0, t.Requests)), traffic.Sum(t => Math.Clamp(t.Bad, 0, Math.Max(0, t.Requests))));
        yield return Part("answered well", requests - bad, requests, 0.9995, "requests that the judge counted while rollouts ran and that were answered well, of both releases together");
        var back = facts.Deployments.Where(d => d is { Outcome: DeploymentOutcome.TakenBack, AbortedAt: not null, EndedAt: not null } && window.Has(d.AbortedAt)).ToList();
        yield return Part("rolled back under 30 s", back.Count(d => d.EndedAt - d.AbortedAt < s_rollback), back.Count, 1, "releases taken back within 30 s of the word to do so, of all that were taken back");
    }

    private static IEnumerable<PrinciplePartView> Observability(List<Deployment> begun, List<Deployment> own, Window window)
    {
        var ended = begun.Where(deployment => window.Has(deployment.EndedAt)).ToList();
        yield return Part("in the ledger with metrics", ended.Count(d => d is { IsReported: false, Gates: not null } && d.Traffic.Count > 0), ended.Count, 0.98, "deployments with the gates' decision, beginning, end and the judge's counts in the ledger, of all that ended");
        yield return Part("alerts name an action", own.Count(d => Allows(d, GateTable.Alerts)), own.Count, 0.98, "releases that the gate alerts allowed, of all that began");
    }

    private static IEnumerable<PrinciplePartView> DeveloperExperience(DoraFacts facts, Window window)
    {
        var runs = facts.Pipelines.Where(run => run.StartedAt is not null && window.Has(run.FinishedAt)).ToList();
        yield return Part("feedback under 15 min", runs.Count(run => run.FinishedAt - run.StartedAt < s_feedback), runs.Count, 0.95, "pipeline runs that ended within 15 min of their start, of all that were reported");
        var decisions = facts.Gates.Where(gate => window.Has(gate.At)).ToList();
        yield return Part("failures with help", decisions.Sum(gate => (long)gate.Helped), decisions.Sum(gate => (long)gate.Refusals), 0.95, "lines of the gates that speak against a release and say how to mend it, of all that do");
    }

    private static bool Allows(Deployment deployment, string gate) => deployment.Gates?.Verdicts.TryGetValue(gate, out var verdict) == true && verdict == GateVerdict.Allow;

    private static PrinciplePartView Part(string name, long numerator, long denominator, double target, string how) =>
        new(name, numerator, denominator, denominator == 0 ? null : (double)numerator / denominator, target, how);

    private static PrincipleView View(string principle, string title, double target, params IReadOnlyList<PrinciplePartView> parts)
    {
        var counted = parts.Where(part => part.Share is not null).ToList();
        return new(principle, title, counted.Count == 0 ? null : counted.Min(part => part.Share), target, counted.Count == 0 ? null : counted.All(part => part.Share >= part.Target), parts);
    }
}
