using System.Globalization;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Gates;
using Signalbox.Gates.BuiltIn;
using Signalbox.Ledger;
using Signalbox.Runbooks;

namespace Signalbox.Api;

/// <param name="State">yes, no or unknown: nothing in the ledger or the evidence says.</param>
/// <param name="Because">What says so.</param>
/// <param name="Links">Evidence ids, or ledger sequences as <c>#42</c>.</param>
public sealed record ReleaseCheck(string Name, string State, string Because, IReadOnlyList<string> Links);

/// <summary>A release's proof at a glance: computed, never ticked.</summary>
/// <param name="Decision">The ledger sequence of the decision it is read from.</param>
public sealed record ReleaseProofView(string Release, string Environment, string Verdict, long Decision, IReadOnlyList<ReleaseCheck> Checks, IReadOnlyList<ReleaseCheck> Checklist);

/// <summary>The five checks and the ten-point checklist, from a decision of the gates and from what happened.</summary>
public static class ReleaseChecks
{
    /// <summary>The brief's bound for a rollback.</summary>
    private static readonly TimeSpan s_rollback = TimeSpan.FromSeconds(30);

    /// <summary>What stands between the words of a history's summary: shop-1 is not in shop-12.</summary>
    private static readonly char[] s_between = [' ', ',', ';', ':', '(', ')', '\''];

    private static readonly string[] s_names = ["security first", "zero downtime", "quality", "observability", "developer experience"];

    /// <param name="history">Of the application, newest first.</param>
    /// <param name="release">The release itself; null where it is not known any more.</param>
    public static ReleaseProofView Of(GateDecisionView decision, IReadOnlyList<HistoryEntry> history, Release? release)
    {
        var results = decision.Decision.Results;
        return new(
            decision.Decision.Release, decision.Decision.Environment, decision.Decision.Verdict.ToString(), decision.Sequence,
            [.. s_names.Select((name, i) => Check(name, results.Where(result => GateTable.Find(result.Gate)?.Check == i + 1), Missing(results, i + 1), decision.Sequence))],
            [
                Automated(decision, history),
                Gate("secrets external", decision, GateTable.Secrets),
                Critical(Gate("images scanned, zero critical", decision, GateTable.Vulnerabilities), results),
                Gate("images signed", decision, GateTable.Signature),
                Gate("health checks", decision, GateTable.Health),
                // the configuration is among what was decided on
                Shutdown(release?.In(decision.Decision.Environment)?.Services) with { Links = [Sequence(decision.Sequence)] },
                Rollback(history),
                Dora(history),
                Gate("runbooks", decision, GateTable.Alerts),
                Drill(history),
            ]);
    }

    /// <summary>Gates of a check that no policy asked: of what they look at nothing is known.</summary>
    private static List<string> Missing(IReadOnlyList<GateResult> results, int check) =>
        [.. GateTable.All.Where(gate => gate.Check == check && !results.Any(result => result.Gate == gate.Name)).Select(gate => gate.Name)];

    private static ReleaseCheck Check(string name, IEnumerable<GateResult> results, List<string> missing, long sequence)
    {
        var all = results.ToList();
        var against = all.Where(result => result.Verdict != GateVerdict.Allow).ToList();
        if (all.Count == 0) return new(name, "unknown", "its gates are off", []);
        var links = Links(all) is { Count: > 0 } evidence ? evidence : [Sequence(sequence)];
        if (against.Count > 0) return new(name, "no", string.Join("; ", against.Select(result => result.Lines[0].Text)), links);
        var liked = string.Join(", ", all.Select(result => result.Gate).Distinct());
        return missing.Count == 0 ? new(name, "yes", liked, links) : new(name, "unknown", $"off: {string.Join(", ", missing)}; {liked} allowed it", links);
    }

    private static ReleaseCheck Gate(string name, GateDecisionView decision, string gate) => decision.Decision.Results.Where(result => result.Gate == gate).ToList() is { Count: > 0 } asked
        ? Check(name, asked, [], decision.Sequence) with { Because = asked.MaxBy(result => result.Verdict)!.Lines[0].Text }
        : new(name, "unknown", $"the gate {gate} is off", []);

    /// <summary>A policy may block nothing, and VEX may set a finding aside: then the gate allows it, and it is there.</summary>
    private static ReleaseCheck Critical(ReleaseCheck check, IReadOnlyList<GateResult> results) =>
        check.State == "yes" && results.SelectMany(result => result.Lines).FirstOrDefault(line => line.Id == VulnerabilitiesGate.CriticalId) is { } there ? check with { State = "no", Because = there.Text } : check;

    /// <summary>Begun by a pipeline's principal, not by hand.</summary>
    private static ReleaseCheck Automated(GateDecisionView decision, IReadOnlyList<HistoryEntry> history)
    {
        // the promoter goes by policy and by nobody's hand
        var pipeline = decision.Principal.StartsWith("ci:", StringComparison.Ordinal) || decision.Principal == Principal.Promoter.Name;
        var begun = history.FirstOrDefault(entry => entry.Type == "rollout.started/1" && entry.Summary.Split(s_between).Contains(decision.Decision.Release, StringComparer.Ordinal));
        return new("fully automated", pipeline ? "yes" : "no", $"submitted by {decision.Principal}", begun is null ? [Sequence(decision.Sequence)] : [Sequence(begun.Sequence)]);
    }

    /// <summary>From the release's own configuration: what is started gets time to end, and what answers requests time to finish them.</summary>
    private static ReleaseCheck Shutdown(IReadOnlyList<ServiceConfiguration>? services)
    {
        const string name = "graceful shutdown";
        if (services is not { Count: > 0 }) return new(name, "unknown", "the release's configuration is not known", []);
        if (services.FirstOrDefault(service => service.StopGrace <= TimeSpan.Zero) is { } killed) return new(name, "no", $"{killed.Name} is killed at once; expected stop.grace above 0", []);
        if (services.FirstOrDefault(service => service.Kind == ServiceKind.Web && service.DrainTimeout <= TimeSpan.Zero) is { } cut) return new(name, "no", $"{cut.Name} gets no time to finish its requests; expected stop.drain above 0", []);
        return new(name, "yes", string.Join("; ", services.Select(Shutdown)), []);
    }

    private static string Shutdown(ServiceConfiguration service) => string.Create(CultureInfo.InvariantCulture,
        $"{service.Name}: {(service.Kind == ServiceKind.Web ? $"up to {service.DrainTimeout.TotalSeconds:0.#} s to drain, then " : "")}SIGTERM and {service.StopGrace.TotalSeconds:0.#} s to end");

    /// <summary>The newest time that something was taken back, from the first word to its end: a way back that halted is begun anew.</summary>
    /// <param name="history">Newest first.</param>
    private static ReleaseCheck Rollback(IReadOnlyList<HistoryEntry> history)
    {
        const string name = "rollback tested under 30 s";
        foreach (var last in history.Where(entry => entry.Type == "rollout.abort-started/1"))
            if (history.LastOrDefault(entry => entry.Type == "rollout.ended/1" && entry.Track == last.Track && entry.Sequence > last.Sequence) is { } ended)
            {
                var began = history.Where(entry => entry.Track == last.Track && entry.Sequence <= last.Sequence)
                    .TakeWhile(entry => entry.Type is not ("rollout.started/1" or "rollout.resumed/1")).Last(entry => entry.Type == "rollout.abort-started/1");
                return new(name, ended.At - began.At < s_rollback ? "yes" : "no",
                    string.Create(CultureInfo.InvariantCulture, $"the last one took {(ended.At - began.At).TotalSeconds:0.0} s"), [Sequence(began.Sequence), Sequence(ended.Sequence)]);
            }
        return new(name, "unknown", "nothing was ever taken back here", []);
    }

    private static ReleaseCheck Drill(IReadOnlyList<HistoryEntry> history) =>
        history.FirstOrDefault(entry => entry.Type == PracticeEvents.DrillType && entry.Summary.StartsWith("drill restore", StringComparison.Ordinal)) is { } last
            ? new("disaster recovery tested", last.Summary.StartsWith("drill restore passed", StringComparison.Ordinal) ? "yes" : "no", last.Summary, [Sequence(last.Sequence)])
            : new("disaster recovery tested", "unknown", "no drill is in the ledger", []);

    private static ReleaseCheck Dora(IReadOnlyList<HistoryEntry> history) => history.FirstOrDefault(entry => entry.Type == "rollout.ended/1") is { } last
        ? new("DORA tracked", "yes", string.Create(CultureInfo.InvariantCulture, $"{history.Count(entry => entry.Type == "rollout.ended/1")} rollouts are in the ledger"), [Sequence(last.Sequence)])
        : new("DORA tracked", "unknown", "no rollout has ended yet", []);

    private static List<string> Links(IEnumerable<GateResult> results) =>
        [.. results.SelectMany(result => result.Lines).SelectMany(line => line.Evidence).Select(id => id.Value).Distinct().Take(20)];

    private static string Sequence(long sequence) => string.Create(CultureInfo.InvariantCulture, $"#{sequence}");
}
