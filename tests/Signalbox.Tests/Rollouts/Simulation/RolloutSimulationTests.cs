using System.Collections.Concurrent;
using System.Globalization;
using Signalbox.Rollouts;

namespace Signalbox.Tests.Rollouts.Simulation;

/// <summary>
/// SIGNALBOX_SIMULATIONS=N runs N worlds (by default enough for more than 10,000 rollouts);
/// SIGNALBOX_SEED=S replays one and prints all of it.
/// </summary>
public sealed class RolloutSimulationTests(ITestOutputHelper output)
{
    private const int DefaultWorlds = 3000;
    private const int StepsTold = 60;

    [Fact]
    public void Simulation_ManyWorlds_KeepsEveryInvariant()
    {
        if (Environment.GetEnvironmentVariable("SIGNALBOX_SEED") is { Length: > 0 } seed)
        {
            Replay(int.Parse(seed, CultureInfo.InvariantCulture));
            return;
        }
        var worlds = int.TryParse(Environment.GetEnvironmentVariable("SIGNALBOX_SIMULATIONS"), CultureInfo.InvariantCulture, out var asked) ? asked : DefaultWorlds;
        var sum = new Sum();
        Parallel.For(0, worlds, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (world, loop) => RunOne(world, sum, loop));
        Assert.True(sum.Broken.IsEmpty, sum.Broken.OrderBy(broken => broken.Key).FirstOrDefault().Value);
        Tell(worlds, sum);
        Assert.True(worlds < DefaultWorlds || sum.Ended.Values.Sum() >= 10_000, $"only {sum.Ended.Values.Sum()} rollouts ended");
        Assert.True(worlds < DefaultWorlds || sum.Coverage.Missing().Count == 0, $"never simulated: {string.Join(", ", sum.Coverage.Missing())}\n{sum.Coverage.Table()}");
    }

    [Fact]
    public void Simulation_SameSeed_TellsTheSameStory()
    {
        for (var seed = 0; seed < 25; seed++)
        {
            var (first, second) = (new RolloutSimulation(seed), new RolloutSimulation(seed));
            first.Run();
            second.Run();
            Assert.Equal(first.Story, second.Story);
        }
    }

    private static void RunOne(int world, Sum sum, ParallelLoopState loop)
    {
        var simulation = new RolloutSimulation(world);
        try
        {
            simulation.Run();
        }
        catch (Exception error)
        {
            // the smallest broken seed is told, whichever thread found one first
            loop.Break();
            sum.Broken[world] = $"world {world} broke; replay it with:\n  SIGNALBOX_SEED={world} dotnet test --project tests/Signalbox.Tests --filter-method '*Simulation_ManyWorlds*'\n"
                + $"{(error is InvariantBroken ? error.Message : error)}\nits last steps:\n{string.Join('\n', simulation.Story.TakeLast(StepsTold))}";
        }
        lock (sum) sum.Add(simulation);
    }

    private void Tell(int worlds, Sum sum)
    {
        output.WriteLine($"{worlds} worlds: {string.Join(", ", sum.Ended.Select(pair => $"{pair.Value} {pair.Key}"))}");
        foreach (var (type, count) in sum.Reached) output.WriteLine($"{count,8} {type}");
        output.WriteLine(sum.Coverage.Table());
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

    private sealed class Sum
    {
        public SortedDictionary<Phase, int> Ended { get; } = [];

        public SortedDictionary<string, int> Reached { get; } = new(StringComparer.Ordinal);

        public Coverage Coverage { get; } = new();

        public ConcurrentDictionary<int, string> Broken { get; } = [];

        public void Add(RolloutSimulation simulation)
        {
            foreach (var (phase, count) in simulation.Ended) Ended[phase] = Ended.GetValueOrDefault(phase) + count;
            foreach (var (type, count) in simulation.Reached) Reached[type] = Reached.GetValueOrDefault(type) + count;
            Coverage.Add(simulation.Coverage);
        }
    }
}
