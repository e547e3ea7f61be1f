namespace Signalbox.Analysis;

/// <summary>Hours of stable traffic before simulated rollouts, drawn once for all scenarios that share them.</summary>
internal sealed class HistoryPool(ulong seed, int size)
{
    private readonly Dictionary<(double, double, Clumping), StableHistory[]> _drawn = [];

    public StableHistory[] Of(SimulatedService service)
    {
        var kind = (service.StableRate, service.StableBad, service.Clumping);
        if (_drawn.TryGetValue(kind, out var known)) return known;
        var drawn = new StableHistory[size];
        Parallel.For(0, size, i => drawn[i] = Draw(service, seed + (ulong)i));
        return _drawn[kind] = drawn;
    }

    private static StableHistory Draw(SimulatedService service, ulong seed)
    {
        var history = new StableHistory();
        var random = new SimulatedRandom(~seed);
        var arm = new SimulatedArm(service.StableRate / SimulatedRun.TicksPerSecond, service.StableBad, service.Clumping);
        var pending = new int[64];
        for (var tick = 0; tick < 3600 * SimulatedRun.TicksPerSecond; tick++)
        {
            var latency = arm.Draw(ref random, false, pending, tick, out var requests, out var bad);
            var now = SimulatedRun.Epoch - TimeSpan.FromHours(1) + tick * SimulatedRun.Tick;
            history.Add(now, new ArmSample { Requests = requests, Bad = bad, Latency = latency });
        }
        return history;
    }
}
