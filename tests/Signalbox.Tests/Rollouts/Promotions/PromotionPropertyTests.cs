using CsCheck;
using Signalbox.Delivery;
using Signalbox.Ledger;
using Signalbox.Rollouts;
using Signalbox.Tests.Rollouts.Simulation;
using static Signalbox.Tests.Rollouts.Promotions.PathWorld;

namespace Signalbox.Tests.Rollouts.Promotions;

/// <summary>
/// Whatever people, releases, clocks and restarts do: what goes into an environment has succeeded in the one before, and
/// what goes by itself has served there for its time, serves there still, and had the gates' yes. Judged from the ledger alone.
/// </summary>
public sealed class PromotionPropertyTests
{
    private enum Act { DeployGood, DeployBad, Promote, Rollback, Abort, Restart, Deny, Allow, SetClock, Wait }

    private static readonly TimeSpan s_soak = TimeSpan.FromSeconds(15);

    private static readonly Gen<(Act Act, int Environment, int Number)[]> s_story =
        Gen.Select(Gen.Enum<Act>(), Gen.Int[0, 2], Gen.Int[1, 40], (act, environment, number) => (act, environment, number)).Array[5, 30];

    [Fact]
    public void NoInterleaving_PromotesAnUnprovenRelease() => s_story.Sample(story =>
    {
        using var world = new PathWorld();
        foreach (var name in (string[])[Staging, Production]) world.After(name, s_soak.TotalSeconds);
        foreach (var (act, environment, number) in story)
        {
            Do(world, act, Environments[environment], number);
            world.Run(number / 4.0);
        }
        world.Run(40);
        Check(world);
    }, iter: 60, threads: 1);

    private static void Do(PathWorld world, Act act, string environment, int number)
    {
        switch (act)
        {
            case Act.DeployGood: world.Submit(world.Release(), Dev); break;
            case Act.DeployBad: world.Submit(world.Release(Behaviour.Good with { BadAfterSeconds = number / 4.0 }), Dev); break;
            case Act.Promote: if (world.Engine.Releases.Count > 0) world.Submit($"shop-{(number % world.Engine.Releases.Count) + 1}", environment); break;
            case Act.Rollback: world.Rollback(environment); break;
            case Act.Abort: world.Abort(environment); break;
            case Act.Restart: world.RestartEngine(); break;
            case Act.Deny: if (environment != Dev) world.After(environment, s_soak.TotalSeconds, NeedsApproval); break;
            case Act.Allow: if (environment != Dev) world.After(environment, s_soak.TotalSeconds); break;
            case Act.SetClock: world.Time.Set(TimeSpan.FromMinutes(number - 20)); break;
            default: world.Run(number); break;
        }
    }

    private static void Check(PathWorld world)
    {
        var proofs = new Dictionary<(string Environment, string Release), DateTimeOffset>();
        var (serving, active) = (new Dictionary<string, string>(), new Dictionary<string, RolloutEvent.Started>());
        var deployed = Environments.ToDictionary(name => name, _ => new List<string>());
        foreach (var (entry, at) in world.Written)
        {
            if (RolloutEvents.FromEntry(entry) is not { } happened) continue;
            var environment = TrackKey.Parse(entry.Stream).Environment;
            if (happened is RolloutEvent.Started started)
            {
                if (started.Kind == RolloutKind.Deploy) Proven(started, environment, at, proofs, serving, active);
                active[environment] = started;
            }
            else if (happened is RolloutEvent.Ended ended && active.Remove(environment, out var rollout))
            {
                End(rollout, ended.Outcome, environment, at, proofs, serving, deployed[environment]);
            }
        }
    }

    private static void Proven(
        RolloutEvent.Started started, string environment, DateTimeOffset at, Dictionary<(string, string), DateTimeOffset> proofs, Dictionary<string, string> serving, Dictionary<string, RolloutEvent.Started> active)
    {
        var release = started.Plan.Release;
        if (Array.IndexOf(Environments, environment) is var place && place > 0)
        {
            var before = Environments[place - 1];
            Assert.True(proofs.TryGetValue((before, release), out var since), $"{release} went into {environment} and had not succeeded in {before}");
            if (started.Principal != Principal.Promoter) return;
            Assert.Equal(release, serving[before]);
            Assert.False(active.ContainsKey(before), $"{release} went on from {before} while another went out there");
            // a turn is 100 ms, and steps of the clock below a second are gathered as drift
            Assert.True(at - since >= s_soak - TimeSpan.FromSeconds(1.2), $"{release} went into {environment} after {at - since} in {before}");
        }
        else
        {
            Assert.NotEqual(Principal.Promoter, started.Principal);
        }
    }

    private static void End(
        RolloutEvent.Started rollout, Phase outcome, string environment, DateTimeOffset at, Dictionary<(string, string), DateTimeOffset> proofs, Dictionary<string, string> serving, List<string> deployed)
    {
        if (outcome == Phase.Succeeded)
        {
            proofs[(environment, rollout.Plan.Release)] = at;
            // a way back leaves all that went out after the release it goes to
            if (rollout.Kind == RolloutKind.Rollback) foreach (var left in deployed.Skip(deployed.IndexOf(rollout.Plan.Release) + 1)) proofs.Remove((environment, left));
            if (rollout.Kind == RolloutKind.Deploy && deployed.RemoveAll(name => name == rollout.Plan.Release) >= 0) deployed.Add(rollout.Plan.Release);
            serving[environment] = rollout.Plan.Release;
        }
        else if (rollout.Kind == RolloutKind.Deploy)
        {
            proofs.Remove((environment, rollout.Plan.Release));
        }
    }
}
