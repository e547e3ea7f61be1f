using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Verbs;

/// <summary>The rollout a verb is about: the one that was named, or the only one that runs.</summary>
internal static class ActiveRollout
{
    private const int Named = 5;

    public static async Task<RolloutView> FindAsync(ControlPlaneClient client, string? id, CancellationToken cancel)
    {
        if (id is not null) return await NamedAsync(client, id, cancel).ConfigureAwait(false);
        // one that waits for another to end does not run
        var active = (await client.RolloutsAsync(new(Active: true), cancel).ConfigureAwait(false)).Where(rollout => rollout.Phase != "Queued").ToList();
        return active.Count switch
        {
            1 => active[0],
            0 => throw new SignalboxException(ExitCode.No, Finding.Error(
                "rollout-none", "no rollout is running", new("command line"), "signalbox rollouts list")),
            _ => throw new SignalboxException(ExitCode.Usage, Finding.Error(
                "rollout-ambiguous", $"{active.Count} rollouts are running: {string.Join(", ", active.Select(r => r.Id))}; expected one to be named",
                new("command line"), $"signalbox rollouts show {active[0].Id}")),
        };
    }

    /// <exception cref="SignalboxException">There is none of that name; says which there are.</exception>
    public static async Task<RolloutView> NamedAsync(ControlPlaneClient client, string id, CancellationToken cancel)
    {
        try
        {
            return await client.RolloutAsync(id, cancel).ConfigureAwait(false);
        }
        catch (SignalboxException e) when (e.Findings is [{ Id: "rollout-unknown" }])
        {
            var newest = await client.RolloutsAsync(new(Limit: Named), cancel).ConfigureAwait(false);
            var known = newest.Count == 0 ? "nothing has gone out yet" : $"the newest are {string.Join(", ", newest.Select(rollout => rollout.Id))}";
            throw new SignalboxException(ExitCode.No, Finding.Error(
                "rollout-unknown", $"there is no rollout '{id}'; {known}", new("command line"), "signalbox rollouts list"));
        }
    }
}
