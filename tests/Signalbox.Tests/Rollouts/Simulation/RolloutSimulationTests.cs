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
    private const int DefaultWorlds = 5000;
    private const int StepsTold = 60;

    /// <summary>Broken worlds after which it gives up.</summary>
    private const int MostBroken = 10;

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
        RunAll(worlds, sum);
        Assert.True(sum.Broken.IsEmpty, Told(sum));
        Tell(worlds, sum);
        Assert.True(worlds < DefaultWorlds || sum.Ended.Values.Sum() >= 10_000, $"only {sum.Ended.Values.Sum()} rollouts ended");
        Assert.True(worlds < DefaultWorlds || sum.Coverage.Missing().Count == 0, $"never simulated: {string.Join(", ", sum.Coverage.Missing())}\n{sum.Coverage.Table()}");
    }

    [Fact]
    public void Simulation_SameSeed_TellsTheSameStory()
    {
        for (var seed = 0; seed < 25; seed++)
        {
            var (first, second) = (new RolloutSimulation(seed) { Ordered = true }, new RolloutSimulation(seed) { Ordered = true });
            first.Run();
            second.Run();
            Assert.Equal(first.Story, second.Story);
        }
    }

    /// <summary>Threads of its own: worlds block while several people press at once, which the pool's threads answer.</summary>
    private static void RunAll(int worlds, Sum sum)
    {
        var next = -1;
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            for (int world; sum.Broken.Count < MostBroken && (world = Interlocked.Increment(ref next)) < worlds;) RunOne(world, sum);
        })).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
    }

    private static void RunOne(int world, Sum sum)
    {
        var simulation = new RolloutSimulation(world);
        try
        {
            simulation.Run();
        }
        catch (Exception error)
        {
            sum.Broken[world] = (error is InvariantBroken ? error.Message : error.ToString(), simulation.Story);
        }
        lock (sum) sum.Add(simulation);
    }

    /// <summary>The smallest broken seed in full, with the command that replays it; of the others what broke.</summary>
    private static string Told(Sum sum)
    {
        if (sum.Broken.IsEmpty) return "";
        var broken = sum.Broken.OrderBy(world => world.Key).ToList();
        var (seed, (what, story)) = broken[0];
        return $"""
            world {seed} broke; replay it with:
              SIGNALBOX_SEED={seed} dotnet test --project tests/Signalbox.Tests --filter-method '*Simulation_ManyWorlds*'
            {what}
            its last steps:
            {string.Join('\n', story.TakeLast(StepsTold))}
            broken too: {string.Join("", broken.Skip(1).Select(world => $"\n  {world.Key}: {world.Value.What.Split('\n')[0]}"))}
            """;
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

        public ConcurrentDictionary<int, (string What, IReadOnlyList<string> Story)> Broken { get; } = [];

        public void Add(RolloutSimulation simulation)
        {
            foreach (var (phase, count) in simulation.Ended) Ended[phase] = Ended.GetValueOrDefault(phase) + count;
            foreach (var (type, count) in simulation.Reached) Reached[type] = Reached.GetValueOrDefault(type) + count;
            Coverage.Add(simulation.Coverage);
        }
    }
}
