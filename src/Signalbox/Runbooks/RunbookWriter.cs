using Signalbox.Delivery;

namespace Signalbox.Runbooks;

/// <summary>What is known of an application in an environment when its runbooks are written.</summary>
/// <param name="State">The state directory.</param>
/// <param name="Stable">What serves; null where nothing does.</param>
/// <param name="From">The environment before; null where it is the first.</param>
/// <param name="Candidate">What serves in the one before; null where nothing does.</param>
/// <param name="Addresses">Where its web services answer.</param>
/// <param name="Owners">Role to whom things are handed.</param>
public sealed record RunbookFacts(
    string State, string Application, string Environment, string? Stable, string? From, string? Candidate, IReadOnlyList<string> Addresses, IReadOnlyDictionary<string, string> Owners);

/// <summary>The procedures that apply to one application in one environment, with the commands of this very installation. Pure.</summary>
public static class RunbookWriter
{
    public static IReadOnlyList<Runbook> Of(RunbookFacts facts)
    {
        List<Runbook> runbooks = [];
        if (facts.Stable is not null) runbooks.Add(RollBack(facts));
        if (facts.From is not null) runbooks.Add(Promote(facts));
        return [.. runbooks, Restore(facts), DrainHost(facts), RotateToken(facts)];
    }

    private static Runbook RollBack(RunbookFacts facts) => new(
        "roll-back", "Roll back", $"{facts.Stable} in {facts.Environment} hurts its users and has not been taken back by itself", Hand(facts, Handover.Devops),
        [
            Step(facts, $"See what serves and what goes out. {facts.Stable} served when this was written.", "status"),
            Step(facts, "See what happened last, and who did it.", "history", "--app", facts.Application, "--env", facts.Environment, "--limit", "20"),
            Step(facts, "Go back to the release before, code and configuration together. A rollout that runs is aborted instead. It ends when the old release has all traffic.", "rollback", "--app", facts.Application, "--env", facts.Environment, "--reason", "runbook roll-back"),
            Step(facts, $"Look whether it is well again{At(facts)}.", "status"),
            Step(facts, "Keep what the release before last printed, for whoever mends it.", "logs", "--app", facts.Application, "--env", facts.Environment, "--lines", "200"),
        ]);

    private static Runbook Promote(RunbookFacts facts)
    {
        var release = facts.Candidate ?? "RELEASE";
        return new("promote", "Promote by hand", $"a release that serves in {facts.From} is to go on into {facts.Environment} now", Hand(facts, Handover.Devops),
        [
            Step(facts, $"See what serves in {facts.From} and how {facts.Environment} differs from it.", "status"),
            Step(facts, $"Ask the gates of {facts.Environment}. Each no names the line that mends it; an approval has to come from somebody else.", "gates", "check", release, "--env", facts.Environment),
            Step(facts, "Take it on: the same digests, nothing is built. It is followed to its end, and taken back if it hurts users.", "release", "promote", release, "--to", facts.Environment),
            Step(facts, $"Look whether it serves{At(facts)}.", "status"),
        ]);
    }

    private static Runbook Restore(RunbookFacts facts) => new(
        "restore", "Restore", "the state directory is lost, damaged or wrong", Hand(facts, Handover.Devops),
        [
            Step(facts, "Check the backup: every file, every hash of its ledger, and how old it is. It says no where the third step would be refused: nothing has been stopped then. Where an older or another ledger is meant, take this step and the third by hand with --force.", "restore", "BACKUP", "--check"),
            Step(facts, "Stop what runs. Requests fail from here until the last step but one.", "down"),
            Step(facts, "Put the backup in place. What was there is kept beside it. It shows which tokens are good by it: revoke what was revoked since.", "restore", "BACKUP"),
            Step(facts, "Start again: the releases that served then are brought back, and nothing else goes out, wherever this is typed.", "up", "--as-it-was"),
            Step(facts, $"Look whether all of it serves{At(facts)}, and which releases came after the backup: they are to be deployed again.", "status"),
            Step(facts, "Prove that the ledger is whole.", "ledger", "verify"),
        ]);

    private static Runbook DrainHost(RunbookFacts facts) => new(
        "drain-host", "Drain the host", "the machine has to be serviced, moved or switched off", Hand(facts, Handover.Devops),
        [
            Step(facts, "See that nothing is going out; wait for it or abort it.", "rollouts", "list", "--active"),
            Step(facts, "Take a backup to another machine's disk.", "backup", "--to", "BACKUP"),
            new("Send users elsewhere: point the load balancer or the DNS name before this machine to another one, and wait until no request arrives here any more."),
            Step(facts, "Stop everything. Requests in flight have 5 s to finish, then each workload gets SIGTERM and its whole stop grace.", "down"),
            new("Service the machine."),
            Step(facts, "Start again: the same releases are brought back.", "up", "--as-it-was"),
            Step(facts, $"Look whether it serves{At(facts)}, then send users back.", "status"),
        ]);

    private static Runbook RotateToken(RunbookFacts facts) => new(
        "rotate-token", "Rotate a token", "a token was seen by somebody, or its holder has left", Hand(facts, Handover.Security),
        [
            Step(facts, "Find it: whose it is, what it may do, until when.", "token", "list"),
            Step(facts, "Make a new one with the same scopes. It is printed once; put it where the old one is kept.", "token", "create", "PRINCIPAL", "--scope", "SCOPE"),
            new("See that its holder works with the new one."),
            Step(facts, "Make the old one worthless at once, everywhere.", "token", "revoke", "TOKEN"),
            Step(facts, "Look at what the old one did last.", "history", "--limit", "50"),
        ]);

    private static RunbookStep Step(RunbookFacts facts, string text, params string[] command) => new(text, [.. command, "--state", facts.State]);

    private static string At(RunbookFacts facts) => facts.Addresses.Count == 0 ? "" : $" at {string.Join(", ", facts.Addresses)}";

    private static string Hand(RunbookFacts facts, string role) => facts.Owners.GetValueOrDefault(role) is { } owner ? $"{role} ({owner})" : role;
}
