namespace Signalbox.Analysis;

/// <summary>How one simulated rollout went.</summary>
/// <param name="FallTick">The tick whose judgement was Fail, or -1.</param>
/// <param name="FirstBadTick">The first bad canary request after the fault began, or -1.</param>
/// <param name="Failed">Bad canary requests from the fault's beginning until the fall, or to the end.</param>
/// <param name="Passed">Whether the evidence allowed advancing at the end.</param>
internal readonly record struct RunOutcome(int FallTick, int FirstBadTick, long Failed, bool Passed)
{
    public bool Fell => FallTick >= 0;

    /// <summary>Seconds from the first bad request to the last one, at a tick's resolution.</summary>
    public double Seconds => (FallTick - FirstBadTick + 1) / 10.0;
}

/// <summary>Runs rollouts of one simulated service through the real judge: the formulas are not repeated here.</summary>
internal sealed class SimulatedRun
{
    public const int TicksPerSecond = 10;
    private const int Keys = 1000;

    // the cap of evidence binds far below this rate, so a heavier flood changes nothing
    private const int FloodPerTick = 2;
    internal static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    internal static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly SimulatedService _service;
    private readonly JudgePlan _plan;
    private readonly StableHistory[] _histories;

    public SimulatedRun(SimulatedService service, JudgePlan plan, HistoryPool histories)
    {
        (_service, _plan) = (service, plan);
        _histories = service.Cold ? [] : histories.Of(service);
    }

    /// <param name="each">Sees the canary's requests and bad ones of every tick, as a peer's metric store would.</param>
    public RunOutcome Run(ulong seed, int seconds, Action<int, int, int>? each = null)
    {
        var run = new Rollout(_service, _plan, seed, _histories.Length == 0 ? new() : _histories[seed % (ulong)_histories.Length].Clone());
        for (var tick = 0; tick < seconds * TicksPerSecond; tick++)
        {
            var (requests, bad) = run.Next(tick);
            each?.Invoke(tick, requests, bad);
            if (run.Outcome.Fell && each is null) break;
        }
        return run.Outcome;
    }

    private sealed class Rollout
    {
        private readonly SimulatedService _service;
        private readonly JudgePlan _plan;
        private readonly StableHistory _history;
        private readonly ServiceJudge _judge;
        private readonly SimulatedArm _canary, _sound, _stable, _starting;
        private readonly int[] _canaryPending = new int[64], _stablePending = new int[64];
        private readonly ArmRecorder? _client;
        private readonly bool _clientOnCanary, _clientBad;
        private readonly int _incidentFrom;
        private SimulatedRandom _random;

        public Rollout(SimulatedService service, JudgePlan plan, ulong seed, StableHistory history)
        {
            (_service, _plan, _history) = (service, plan, history);
            _random = new SimulatedRandom(seed);
            var perTick = service.CanaryRate / TicksPerSecond;
            _canary = new SimulatedArm(perTick, service.CanaryBad, service.Clumping, service.SlowFactor);
            _sound = new SimulatedArm(perTick, service.StableBad, service.Clumping);
            _starting = new SimulatedArm(perTick, Math.Max(service.ColdStartBad, service.StableBad), service.Clumping, 50);
            _stable = new SimulatedArm(service.StableRate / TicksPerSecond, service.StableBad, service.Clumping);
            _judge = new ServiceJudge(plan, history, resume: null);
            _client = service.Client == Client.None ? null : new ArmRecorder();
            _clientOnCanary = service.Client == Client.AlwaysFailing || _random.Unit() < 0.5;
            _clientBad = service.Client == Client.AlwaysFailing || _random.Unit() < 0.5;
            _incidentFrom = service.SharedIncident ? (int)(_random.Unit() * 540 * TicksPerSecond) : int.MaxValue;
        }

        public RunOutcome Outcome { get; private set; } = new(-1, -1, 0, false);

        /// <returns>The canary's requests and bad ones of the tick.</returns>
        public (int Requests, int Bad) Next(int tick)
        {
            var now = Epoch + tick * Tick;
            var incident = tick >= _incidentFrom && tick < _incidentFrom + 360 * TicksPerSecond;
            var broken = tick >= _service.Onset * TicksPerSecond;
            var arm = _service.ColdStart && tick < 5 * TicksPerSecond ? _starting : broken ? _canary : _sound;
            var latency = arm.Draw(ref _random, incident, _canaryPending, tick, out var requests, out var bad);
            if (_service.Hangs && broken) latency = Hang(tick, ref requests, ref bad);
            var slow = _stable.Draw(ref _random, incident, _stablePending, tick, out var stableRequests, out var stableBad);
            if (Outcome.Fell) return (requests, bad);
            var one = OneClient(now);
            var stable = Sample(now, stableRequests, stableBad, slow, _clientOnCanary ? null : one);
            _judge.Judge(now, Sample(now, requests, bad, latency, _clientOnCanary ? one : null), stable);
            _history.Add(now, stable);
            Note(tick, broken ? bad : 0);
            return (requests, bad);
        }

        private void Note(int tick, int bad)
        {
            var first = Outcome.FirstBadTick >= 0 || bad == 0 ? Outcome.FirstBadTick : tick;
            var fell = _judge.State.Verdict == Verdict.Fail;
            Outcome = new RunOutcome(fell ? tick : -1, first < 0 && fell ? tick : first, Outcome.Failed + bad, _judge.State.Verdict == Verdict.Pass);
        }

        // requests sent before one age limit ago pass that age now; younger ones are still in flight
        private ReadOnlyMemory<LatencyCount> Hang(int tick, ref int requests, ref int bad)
        {
            var old = tick >= _service.Onset * TicksPerSecond + _plan.AgeLimit.TotalSeconds * TicksPerSecond;
            if (!old) requests = 0;
            bad = requests;
            return old ? new[] { new LatencyCount(LatencyBuckets.Of(_plan.AgeLimit), requests) } : default;
        }

        // 1 % of all requests for the always failing client; the flood is capped long before its real rate
        private ArmSample? OneClient(DateTimeOffset now)
        {
            if (_client is null) return null;
            var sends = _service.Client == Client.Flooding ? FloodPerTick
                : _random.Unit() < _service.CanaryRate / SimulatedService.Weight / 100 / TicksPerSecond ? 1 : 0;
            for (var i = 0; i < sends; i++) _client.Finished(TimeSpan.FromSeconds(_clientBad ? 5 : 0.001), _clientBad, key: 42, now);
            return sends == 0 ? null : _client.Drain();
        }

        private ArmSample Sample(DateTimeOffset now, int requests, int bad, ReadOnlyMemory<LatencyCount> latency, ArmSample? client) => new()
        {
            Requests = requests + (client?.Requests ?? 0),
            Bad = bad + (client?.Bad ?? 0),
            BadKeys = _client is null ? default : Sticky(bad, client),
            Latency = latency,
            KeyedLatency = client?.KeyedLatency ?? default,
            Began = requests > 0 ? now : null,
        };

        private ulong[] Sticky(int bad, ArmSample? client)
        {
            var mine = (client ?? ArmSample.Empty).BadKeys.Span;
            var keys = new ulong[bad + mine.Length];
            for (var i = 0; i < bad; i++) keys[i] = 100 + _random.Next() % Keys;
            mine.CopyTo(keys.AsSpan(bad));
            return keys;
        }
    }
}
