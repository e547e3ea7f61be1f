using Signalbox.Gates;

namespace Signalbox.Tests.Rollouts.Simulation;

/// <summary>Gates that deny now and then, take their time, and are told that what they gathered is out of date.</summary>
/// <param name="random">Its own, so that a world tells the same story whatever the gates do.</param>
internal sealed class SimulatedGates(Random random) : IGatekeeper
{
    private readonly List<TaskCompletionSource> _waiting = [];
    private readonly Dictionary<string, int> _drawn = new(StringComparer.Ordinal);
    private readonly int _seed = random.Next();

    /// <summary>No more trouble: everything is let in.</summary>
    public bool Calm { get; set; }

    /// <summary>Answers may come turns later: only while nobody stands by and waits for them.</summary>
    public bool Slow { get; set; }

    public async Task<GatheredInputs> GatherAsync(GateQuestion question, CancellationToken cancel)
    {
        var layer = Calm ? ScriptedGates.Allowing : Draw("layer", question) switch
        {
            < 0.03 => ScriptedGates.Denying,
            < 0.04 => ScriptedGates.Unreadable,
            _ => ScriptedGates.Allowing,
        };
        if (Slow && Draw("slow", question) < 0.5)
        {
            var waiting = new TaskCompletionSource();
            _waiting.Add(waiting);
            // where Live ends it, and not on a thread of the test runner's whenever one is free
            await waiting.Task.ConfigureAwait(false);
        }
        if (!Calm && Draw("disk", question) < 0.02) throw new IOException("no space left on device");
        return ScriptedGates.Of(question, layer);
    }

    public Task KeepAsync(GatheredInputs gathered, CancellationToken cancel) => Task.CompletedTask;

    public bool IsCurrent(GateQuestion question, GatheredInputs gathered) => Calm || Draw("current", question) < 0.95;

    // whoever presses together is asked about on several threads: what one is told must not hang on who comes first
    private double Draw(string what, GateQuestion question)
    {
        var key = $"{what} {question.Track} {question.Release.Id} {question.Submitter} {question.At.Ticks}";
        int number;
        lock (_drawn) _drawn[key] = number = _drawn.GetValueOrDefault(key) + 1;
        var hash = key.Aggregate(2166136261u, (sum, sign) => (sum ^ sign) * 16777619u);
        return new Random(unchecked((int)(hash ^ (uint)_seed) + number * 7919)).NextDouble();
    }

    public void Live()
    {
        foreach (var waiting in _waiting.Where(_ => Calm || random.NextDouble() < 0.5).ToList())
        {
            _waiting.Remove(waiting);
            waiting.SetResult();
        }
    }
}
