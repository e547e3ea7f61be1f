using Signalbox.Delivery;
using Signalbox.Rollouts;

namespace Signalbox.Tests.Rollouts.Simulation;

internal sealed class SimulatedHooks(Random random) : IHookRunner
{
    private readonly List<TaskCompletionSource<HookResult>> _running = [];

    public Task<HookResult> RunAsync(TrackKey track, string rollout, string hook, Hook command, ReleasePlan plan, CancellationToken cancel)
    {
        var running = new TaskCompletionSource<HookResult>();
        _running.Add(running);
        return running.Task;
    }

    public void Live(bool always)
    {
        foreach (var running in _running.Where(_ => always || random.NextDouble() < 0.3).ToList())
        {
            _running.Remove(running);
            running.TrySetResult(random.NextDouble() < 0.8 ? new(true, "exit 0", null) : new(false, "exit 1", null));
        }
    }

    public void Die() => _running.Clear();
}

internal sealed class NoFailureLogs : IFailureLogs
{
    public void Keep(string rollout, IReadOnlyList<string> lines) { }

    public IReadOnlyList<string> Read(string rollout) => [];
}
