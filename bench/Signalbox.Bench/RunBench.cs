using System.Diagnostics;
using System.Text;
using Signalbox.Bench.Machine;

namespace Signalbox.Bench;

/// <summary>
/// What <c>signalbox run</c> adds to the jobs it runs: 1,000 that do nothing in ten layers, beside make on the same graph and beside
/// xargs, which starts the same shells with no graph at all; beside turbo where TURBO names its program.
/// </summary>
internal static class RunBench
{
    private const int Layers = 10, Slots = 2;

    public static async Task<int> RunAsync(BenchOptions options)
    {
        var (jobs, runs) = (options.Number("--jobs", 1000, 100), options.Number("--runs", 9, 1));
        var bars = new Bars();
        using var workspace = new Workspace();
        workspace.Write("signalbox.yaml", Pipeline(jobs));
        workspace.Write("Makefile", Makefile(jobs));
        var cache = workspace.PathOf("cache");
        string[] run = ["run", "--file", workspace.Root, "--jobs", $"{Slots}", "--cache", cache];
        var ours = await TimeAsync(runs, Workspace.Signalbox, [.. run, "--no-cache"]);
        var floor = await TimeAsync(runs, "sh", "-c", $"seq {jobs} | xargs -P{Slots} -n1 sh -e -c :");
        var make = await TimeAsync(runs, "make", "-s", $"-j{Slots}", "-C", workspace.Root);
        var first = await TimeAsync(1, Workspace.Signalbox, run);
        var known = await TimeAsync(runs, Workspace.Signalbox, run);
        workspace.Write("signalbox.yaml", Pipeline(jobs, output: true));
        var firstMade = await TimeAsync(1, Workspace.Signalbox, run);
        var knownMade = await TimeAsync(runs, Workspace.Signalbox, run);
        var added = (ours.Median - floor.Median) / jobs;
        bars.Check("a job that does nothing: under 1 ms added", added < 1, $"{added:0.000} ms ({ours.Median:0} ms for {jobs} jobs in {Layers} layers, of which {floor.Median:0} ms are the shells; n {ours.Count})");
        bars.Check("all of it known: under 1 s", known.Median < 1000, $"median {known.Median:0} ms, p95 {known.At(0.95):0} ms (n {known.Count}); the first took {first.Median:0} ms");
        bars.Check("all of it known, with a file each: under 1 s", knownMade.Median < 1000, $"median {knownMade.Median:0} ms, p95 {knownMade.At(0.95):0} ms (n {knownMade.Count}); the first took {firstMade.Median:0} ms");
        Bars.Note($"make -j{Slots} on the same graph", $"median {make.Median:0} ms; run takes {ours.Median / make.Median:0.00} times that, known {known.Median / make.Median:0.00} times");
        if (Environment.GetEnvironmentVariable("TURBO") is { Length: > 0 } turbo) await BesideTurboAsync(turbo, jobs, runs, workspace, first, known);
        else Bars.Say($"      turbo is left out: TURBO names no program of it");
        await RunExampleBench.RunAsync(bars, workspace, runs);
        return bars.ExitCode;
    }

    /// <summary>Turbo starts each task through npm, so its first run is mostly npm's; what it knows again costs no npm.</summary>
    private static async Task BesideTurboAsync(string turbo, int jobs, int runs, Workspace workspace, Quantiles first, Quantiles known)
    {
        var directory = Directory.CreateDirectory(workspace.PathOf("turbo")).FullName;
        workspace.Write("turbo/package.json", PackageJson(jobs));
        workspace.Write("turbo/turbo.json", TurboJson(jobs));
        string[] run = ["run", .. Graph(jobs).Select(job => job.Name), "--cwd", directory, $"--concurrency={Slots}", "--output-logs=none", "--no-update-notifier"];
        var cold = await TimeAsync(1, turbo, run);
        var again = await TimeAsync(runs, turbo, run);
        Bars.Note("turbo on the same graph", $"first {cold.Median:0} ms, known median {again.Median:0} ms; run takes {first.Median / cold.Median:0.000} and {known.Median / again.Median:0.00} times that");
    }

    private static string PackageJson(int jobs) =>
        "{ \"name\": \"bench\", \"private\": true, \"packageManager\": \"npm@10.9.0\", \"scripts\": { " + string.Join(", ", Graph(jobs).Select(job => $"\"{job.Name}\": \":\"")) + " } }";

    private static string TurboJson(int jobs)
    {
        var tasks = Graph(jobs).Select(job => $"\"{job.Name}\": {{ \"dependsOn\": [{string.Join(", ", job.Needs.Select(need => $"\"{need}\""))}], \"inputs\": [\"package.json\"], \"outputs\": [] }}");
        return $"{{ \"tasks\": {{ {string.Join(", ", tasks)} }} }}";
    }

    private static string Pipeline(int jobs, bool output = false)
    {
        var text = new StringBuilder("apiVersion: signalbox/v1\napplication: bench\nprocess: { command: [sh] }\nport: 8080\npipeline:\n");
        foreach (var (name, needs) in Graph(jobs)) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"  {name}: {{ run: \"{(output ? $"echo {name} > {name}" : ":")}\", inputs: [], outputs: [{(output ? name : "")}], needs: [{string.Join(", ", needs)}] }}\n");
        return text.ToString();
    }

    private static string Makefile(int jobs)
    {
        var text = new StringBuilder($"all: {string.Join(' ', Graph(jobs).Select(job => job.Name))}\n.PHONY: all {string.Join(' ', Graph(jobs).Select(job => job.Name))}\n");
        // the sign makes it a script for the shell, as here
        foreach (var (name, needs) in Graph(jobs)) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{name}: {string.Join(' ', needs)}\n\t@:;\n");
        return text.ToString();
    }

    /// <summary>Each job needs two of the layer before it.</summary>
    private static IEnumerable<(string Name, IReadOnlyList<string> Needs)> Graph(int jobs)
    {
        var width = jobs / Layers;
        for (var job = 0; job < jobs; job++)
        {
            var (layer, at) = (job / width, job % width);
            yield return ($"j{job}", layer == 0 ? [] : [$"j{((layer - 1) * width) + at}", $"j{((layer - 1) * width) + ((at + 1) % width)}"]);
        }
    }

    private static async Task<Quantiles> TimeAsync(int runs, string program, params string[] arguments)
    {
        var times = new List<double>();
        for (var i = 0; i < runs; i++)
        {
            var clock = Stopwatch.StartNew();
            await Commands.RunAsync(program, arguments);
            times.Add(clock.Elapsed.TotalMilliseconds);
        }
        return new(times);
    }
}
