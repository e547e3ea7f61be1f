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

    /// <summary>Nothing new goes wrong with it.</summary>
    public Behaviour Calmed() => this with { FlapPerSecond = 0, CrashPerSecond = 0 };
}

/// <summary>The instances of one release of one service on the simulated host.</summary>
internal sealed class SimulatedArm(string revision, Behaviour behaviour, SimulatedTime time)
{
    private static readonly TimeSpan s_backOff = TimeSpan.FromSeconds(0.5);

    private readonly List<Instance> _instances = [];
    private DateTimeOffset _unhealthyUntil = time.Now;

    public string Revision => revision;

    public Behaviour Behaviour { get; set; } = behaviour;

    public int Desired { get; private set; }

    /// <summary>Its instances are runs, which begin now and then; the last one tells how it is.</summary>
    public bool IsCron { get; private set; }

    public int Restarts { get; private set; }

    /// <summary>In force.</summary>
    public Weight Weight { get; set; }

    /// <summary>An instance that waits to be started again does not run.</summary>
    public int Running => _instances.Count(instance => instance.RunsAt <= time.Now);

    public int Ready => IsCron ? Restarts == 0 ? Desired : 0 : time.Now < _unhealthyUntil ? 0 : _instances.Count(instance => instance.ReadyAt <= time.Now);

    /// <returns>How many running instances were told to leave.</returns>
    public int Scale(int instances, bool isCron)
    {
        (Desired, IsCron) = (instances, isCron);
        while (!isCron && _instances.Count < instances) _instances.Add(StartAt(time.Now));
        var surplus = _instances.Skip(instances).Count(instance => instance.RunsAt <= time.Now);
        _instances.RemoveRange(Math.Min(instances, _instances.Count), Math.Max(0, _instances.Count - instances));
        return surplus;
    }

    public void Live(Random random, TimeSpan elapsed)
    {
        if (IsCron) LiveAsCron(random, elapsed);
        else LiveOn(random, elapsed);
    }

    /// <summary>One run at a time; those in a row that failed stand for restarts.</summary>
    private void LiveAsCron(Random random, TimeSpan elapsed)
    {
        if (_instances.Count > 0 && _instances[0].ReadyAt <= time.Now)
        {
            _instances.Clear();
            Restarts = Behaviour.NeverReady || random.NextDouble() < Behaviour.CrashPerSecond ? Restarts + 1 : 0;
        }
        else if (_instances.Count < Desired && random.NextDouble() < 0.1 * elapsed.TotalSeconds)
            _instances.Add(new(time.Now, time.Now + TimeSpan.FromSeconds(random.NextDouble() * 5)));
    }

    private void LiveOn(Random random, TimeSpan elapsed)
    {
        for (var i = 0; i < _instances.Count; i++)
            if (_instances[i].ReadyAt <= time.Now && random.NextDouble() < Behaviour.CrashPerSecond * elapsed.TotalSeconds) Restart(i);
            else if (Behaviour.NeverReady && random.NextDouble() < 0.1 * elapsed.TotalSeconds) Restart(i);
        if (random.NextDouble() < Behaviour.FlapPerSecond * elapsed.TotalSeconds) _unhealthyUntil = time.Now + TimeSpan.FromSeconds(random.NextDouble() * 3);
    }

    public ArmObservation Observe()
    {
        var ready = Ready;
        var failure = ready < Desired && Restarts > 0 ? new InstanceFailure("exited", "it exited with code 1", 1, time.Now, ["boom"]) : null;
        return new(Revision, Desired, Running, ready, Weight, Restarts, 0, 0, 0, failure);
    }

    private Instance StartAt(DateTimeOffset at) => new(at, Behaviour.NeverReady ? DateTimeOffset.MaxValue : at + TimeSpan.FromSeconds(Behaviour.StartSeconds));

    private void Restart(int instance)
    {
        Restarts++;
        _instances[instance] = StartAt(time.Now + s_backOff);
    }

    private readonly record struct Instance(DateTimeOffset RunsAt, DateTimeOffset ReadyAt);
}
