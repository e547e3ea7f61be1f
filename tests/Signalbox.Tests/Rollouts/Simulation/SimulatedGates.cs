using Signalbox.Gates;

namespace Signalbox.Tests.Rollouts.Simulation;

/// <summary>Gates that deny now and then, take their time, and are told that what they gathered is out of date.</summary>
/// <param name="random">Its own, so that a world tells the same story whatever the gates do.</param>
internal sealed class SimulatedGates(Random random) : IGatekeeper
{
    private readonly List<TaskCompletionSource> _waiting = [];

    /// <summary>No more trouble: everything is let in.</summary>
    public bool Calm { get; set; }

    /// <summary>Answers may come turns later: only while nobody stands by and waits for them.</summary>
    public bool Slow { get; set; }

    public async Task<GatheredInputs> GatherAsync(GateQuestion question, CancellationToken cancel)
    {
        var layer = Calm ? ScriptedGates.Allowing : random.NextDouble() switch
        {
            < 0.03 => ScriptedGates.Denying,
            < 0.04 => ScriptedGates.Unreadable,
            _ => ScriptedGates.Allowing,
        };
        if (Slow && random.NextDouble() < 0.5)
        {
            var waiting = new TaskCompletionSource();
            _waiting.Add(waiting);
            // where Live ends it, and not on a thread of the test runner's whenever one is free
            await waiting.Task.ConfigureAwait(false);
        }
        if (!Calm && random.NextDouble() < 0.02) throw new IOException("no space left on device");
        return ScriptedGates.Of(question, layer);
    }

    public Task KeepAsync(GatheredInputs gathered, CancellationToken cancel) => Task.CompletedTask;

    public bool IsCurrent(GateQuestion question, GatheredInputs gathered) => Calm || random.NextDouble() < 0.95;

    public void Live()
    {
        foreach (var waiting in _waiting.Where(_ => Calm || random.NextDouble() < 0.5).ToList())
        {
            _waiting.Remove(waiting);
            waiting.SetResult();
        }
    }
}
