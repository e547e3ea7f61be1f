using System.Globalization;
using Signalbox.Rollouts;

namespace Signalbox.Tests.Rollouts.Simulation;

/// <summary>
/// SIGNALBOX_SIMULATIONS=N runs N worlds (5,000 by default, which are more than 10,000 rollouts);
/// SIGNALBOX_SEED=S replays one.
/// </summary>
public sealed class RolloutSimulationTests(ITestOutputHelper output)
{
    [Fact]
    public void Simulation_ManyWorlds_KeepsEveryInvariant()
    {
        if (Environment.GetEnvironmentVariable("SIGNALBOX_SEED") is { Length: > 0 } seed)
        {
            Replay(int.Parse(seed, CultureInfo.InvariantCulture));
            return;
        }
        var worlds = int.TryParse(Environment.GetEnvironmentVariable("SIGNALBOX_SIMULATIONS"), CultureInfo.InvariantCulture, out var asked) ? asked : 5000;
        var ended = new Dictionary<Phase, int>();
        var reached = new SortedDictionary<string, int>(StringComparer.Ordinal);
        Parallel.For(0, worlds, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, world =>
        {
            var simulation = new RolloutSimulation(world);
            try
            {
                simulation.Run();
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"world {world} broke; replay it with: SIGNALBOX_SEED={world} dotnet test --project tests/Signalbox.Tests --filter-method *Simulation_ManyWorlds*\n{error.Message}");
            }
            lock (ended)
            {
                foreach (var (phase, count) in simulation.Ended) ended[phase] = ended.GetValueOrDefault(phase) + count;
                foreach (var (type, count) in simulation.Reached) reached[type] = reached.GetValueOrDefault(type) + count;
            }
        });
        output.WriteLine($"{worlds} worlds: {string.Join(", ", ended.Select(pair => $"{pair.Value} {pair.Key}"))}");
        foreach (var (type, count) in reached) output.WriteLine($"{count,8} {type}");
        Assert.True(worlds < 5000 || ended.Values.Sum() >= 10_000, $"only {ended.Values.Sum()} rollouts ended");
        Assert.True(ended.GetValueOrDefault(Phase.RolledBack) > 0 && ended.GetValueOrDefault(Phase.Succeeded) > 0);
    }

    private void Replay(int seed)
    {
        var simulation = new RolloutSimulation(seed);
        try
        {
            simulation.Run();
        }
        finally
        {
            foreach (var line in simulation.Story) output.WriteLine(line);
        }
    }
}
