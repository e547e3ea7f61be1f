using CsCheck;
using Signalbox.Rollouts;
using Signalbox.Tests.Rollouts.Simulation;

namespace Signalbox.Tests.Rollouts;

/// <summary>Somebody sets the wall clock: durations stay what they were.</summary>
public sealed class ClockStepTests
{
    private static readonly Gen<(int Turn, int Minutes, bool Restarts)[]> s_steps =
        Gen.Select(Gen.Int[0, 300], Gen.Int[-90, 90], Gen.Bool).Array[0, 4];

    [Fact]
    public void Durations_WhateverTheWallClockIsSetTo_AreThoseOfTheStrategy() => s_steps.Sample(steps =>
    {
        using var world = new World();
        world.Serving().Deploy(Behaviour.Good with { EvidenceAfterSeconds = 0 }, Plans.Canary with { KeepWarm = TimeSpan.FromSeconds(60) });
        var reached = new Dictionary<string, double>();
        for (var turn = 0; turn < 1200 && !reached.ContainsKey("warm-retired"); turn++)
        {
            foreach (var step in steps.Where(step => step.Turn == turn)) Set(world, step.Minutes, step.Restarts);
            world.Run(0.1);
            foreach (var name in world.Events.Skip(4)) reached.TryAdd(name == "step-reached" ? $"step {world.State.Rollout!.Step}" : name, turn / 10.0);
        }
        // 10 s in each of two steps, 30 s of baking, warm until 60 s after it took over
        Near(10, reached["step 1"] - reached["step 0"]);
        Near(10, reached["took-over"] - reached["step 1"]);
        Near(30, reached["ended"] - reached["took-over"]);
        Near(60, reached["warm-retired"] - reached["took-over"]);
    }, iter: 30, threads: 1);

    [Fact]
    public void Lease_IsRenewedWhereTheClockIsSetBack()
    {
        using var world = new World();
        world.Serving().Deploy();
        world.Until(w => w.Phase == Phase.Progressing);
        world.Time.Set(TimeSpan.FromHours(-1));
        var renewals = world.Host.Renewals;
        world.Run(12);
        Assert.True(world.Host.Renewals - renewals >= 3, $"{world.Host.Renewals - renewals} renewals in 12 s");
    }

    [Fact]
    public void AnotherBoot_WithAnEarlierClock_WaitsNoLongerThanItHadTo()
    {
        using var world = new World();
        world.Serving().Deploy(Behaviour.Good with { EvidenceAfterSeconds = 0 });
        world.Until(w => w.Phase == Phase.Progressing);
        world.Boot = "boot-2";
        world.Time.Set(TimeSpan.FromHours(-1));
        world.RestartEngine();
        world.Until(w => w.State.Rollout!.Step == 1, 12);
    }

    [Fact]
    public void Step_WhileTheDiskIsFull_MovesNothingUntilItIsWritten()
    {
        using var world = new World();
        world.Serving().Deploy(Behaviour.Good with { EvidenceAfterSeconds = 0 });
        world.Until(w => w.Phase == Phase.Progressing);
        world.Ledger.DiskFull = true;
        world.Time.Set(TimeSpan.FromHours(1));
        world.Run(2);
        world.Ledger.DiskFull = false;
        world.Run(1);
        Assert.Equal("clock-stepped", world.Events[^1]);
        Assert.Equal(0, world.State.Rollout!.Step);
        Assert.True(world.State.Rollout.StepSince > world.Time.GetUtcNow() - TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Step_OfUnknownFate_IsTakenOnce()
    {
        using var world = new World();
        world.Serving().Deploy(Behaviour.Good with { EvidenceAfterSeconds = 0 });
        world.Until(w => w.Phase == Phase.Progressing);
        var since = world.State.Rollout!.StepSince;
        (world.Ledger.FailsAfterCommit, world.Ledger.CannotBeRead) = (true, true);
        world.Time.Set(TimeSpan.FromHours(1));
        world.Run(1);
        (world.Ledger.FailsAfterCommit, world.Ledger.CannotBeRead) = (false, false);
        world.Run(1);
        Assert.Single(world.Events, name => name == "clock-stepped");
        Assert.Equal(since + TimeSpan.FromHours(1), world.State.Rollout!.StepSince, TimeSpan.FromSeconds(1));
    }

    private static void Set(World world, int minutes, bool restarts)
    {
        world.Time.Set(TimeSpan.FromMinutes(minutes));
        if (restarts) world.RestartEngine();
    }

    /// <summary>A turn takes 100 ms, and a restarted engine needs one to see the host again.</summary>
    private static void Near(double seconds, double measured) => Assert.InRange(measured, seconds - 0.35, seconds + 0.65);
}
