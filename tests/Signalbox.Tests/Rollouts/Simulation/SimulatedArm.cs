using Signalbox.Delivery;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Tests.Rollouts.Simulation;

/// <summary>How the instances of one release behave.</summary>
internal sealed record Behaviour(double StartSeconds, bool NeverReady, double CrashPerSecond, double FlapPerSecond, double BadAfterSeconds, double EvidenceAfterSeconds, bool NoTraffic)
{
    public static Behaviour Draw(Random random) => new(
        StartSeconds: random.NextDouble() < 0.1 ? 400 : random.NextDouble() * 5,
        NeverReady: random.NextDouble() < 0.08,
        CrashPerSecond: random.NextDouble() < 0.1 ? 0.2 : 0,
        FlapPerSecond: random.NextDouble() < 0.15 ? 0.3 : 0,
        BadAfterSeconds: random.NextDouble() < 0.3 ? random.NextDouble() * 60 : double.PositiveInfinity,
        EvidenceAfterSeconds: random.NextDouble() < 0.15 ? double.PositiveInfinity : random.NextDouble() * 20,
        NoTraffic: random.NextDouble() < 0.05);

    public static Behaviour Good { get; } = new(0.5, false, 0, 0, double.PositiveInfinity, 2, false);
}

/// <summary>The instances of one release of one service on the simulated host.</summary>
internal sealed class SimulatedArm(string revision, Behaviour behaviour, DateTimeOffset now)
{
    private readonly List<DateTimeOffset> _readyAt = [];
    private DateTimeOffset _unhealthyUntil = now;

    public string Revision => revision;

    public Behaviour Behaviour { get; set; } = behaviour;

    public int Desired { get; private set; }

    public int Restarts { get; private set; }

    public Weight Weight { get; set; }

    public int Running => _readyAt.Count;

    public int Ready(DateTimeOffset at) => at < _unhealthyUntil ? 0 : _readyAt.Count(ready => ready <= at);

    public void Scale(int instances, DateTimeOffset at)
    {
        Desired = instances;
        while (_readyAt.Count < instances) _readyAt.Add(StartAt(at));
        if (_readyAt.Count > instances) _readyAt.RemoveRange(instances, _readyAt.Count - instances);
    }

    public void Live(Random random, TimeSpan elapsed, DateTimeOffset at)
    {
        for (var i = 0; i < _readyAt.Count; i++)
            if (_readyAt[i] <= at && random.NextDouble() < Behaviour.CrashPerSecond * elapsed.TotalSeconds) Restart(i, at);
            else if (Behaviour.NeverReady && random.NextDouble() < 0.1 * elapsed.TotalSeconds) Restart(i, at);
        if (random.NextDouble() < Behaviour.FlapPerSecond * elapsed.TotalSeconds) _unhealthyUntil = at + TimeSpan.FromSeconds(random.NextDouble() * 3);
    }

    public ArmObservation Observe(DateTimeOffset at)
    {
        var ready = Ready(at);
        var failure = ready < Desired && Restarts > 0 ? new InstanceFailure("exited", "it exited with code 1", 1, at, ["boom"]) : null;
        return new(Revision, Desired, Running, ready, Weight, Restarts, 0, 0, 0, failure);
    }

    private DateTimeOffset StartAt(DateTimeOffset at) => Behaviour.NeverReady ? DateTimeOffset.MaxValue : at + TimeSpan.FromSeconds(Behaviour.StartSeconds);

    private void Restart(int instance, DateTimeOffset at)
    {
        Restarts++;
        _readyAt[instance] = StartAt(at);
    }
}
