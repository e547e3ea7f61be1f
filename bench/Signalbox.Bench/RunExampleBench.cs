using System.Diagnostics;
using System.Globalization;
using Signalbox.Bench.Machine;

namespace Signalbox.Bench;

/// <summary>
/// The example application (examples/orders) by its designed pipeline: from a clone to a release, again with nothing changed, and from a change to its verdict.
/// Scanners are left out, whose time is their own.
/// </summary>
internal static class RunExampleBench
{
    private const double TargetMinutes = 15;

    public static async Task RunAsync(Bars bars, Workspace workspace, int runs)
    {
        var (origin, clone, state) = (workspace.PathOf("orders"), workspace.PathOf("clone"), workspace.PathOf("example-state"));
        await PrepareAsync(workspace, origin);
        string[] run = ["run", "--file", Path.Combine(clone, ".github/workflows/pipeline.yml"), "--cache", workspace.PathOf("example-cache"), "--state", state];
        try
        {
            var clock = Stopwatch.StartNew();
            await GitAsync("clone", "--quiet", origin, clone);
            await Commands.RunAsync(Workspace.Signalbox, [.. run, "--deploy", "production"]);
            var first = clock.Elapsed.TotalSeconds;
            var again = await TimeAsync(runs, () => Commands.RunAsync(Workspace.Signalbox, [.. run, "--deploy", "production"]));
            var verdict = await TimeAsync(runs, async () => await Commands.RunAsync(Workspace.Signalbox, run), version => ChangeAsync(clone, version));
            await ChangeAsync(clone, runs);
            clock.Restart();
            await Commands.RunAsync(Workspace.Signalbox, [.. run, "--deploy", "production"]);
            var released = clock.Elapsed.TotalSeconds;
            bars.Check("the example's second run, nothing changed: under 2 s", again.Median < 2000, $"median {again.Median:0} ms, p95 {again.At(0.95):0} ms (n {again.Count}); from the clone to its first release {first:0.0} s");
            bars.Check($"from a change of the example to its verdict: under {TargetMinutes:0} min", verdict.At(0.95) < TargetMinutes * 60_000,
                $"median {verdict.Median / 1000:0.00} s, p95 {verdict.At(0.95) / 1000:0.00} s (n {verdict.Count}), {verdict.Median / 600 / TargetMinutes:0.00} % of it; to a judged release that serves {released:0.0} s");
        }
        finally
        {
            await Commands.RunAsync(Workspace.Signalbox, "down", "--state", state);
        }
    }

    private static async Task PrepareAsync(Workspace workspace, string origin)
    {
        await Commands.RunAsync("git", "clone", "--quiet", "--no-local", "--depth", "1", $"file://{Workspace.Repository}", workspace.PathOf("repository"));
        Directory.Move(Path.Combine(workspace.PathOf("repository"), "examples", "orders"), origin);
        var file = Path.Combine(origin, "signalbox.yaml");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("8090", Workspace.FreePort().ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        await Commands.RunAsync(Workspace.Signalbox, "sign", "new-key", workspace.PathOf("release.key"));
        await GitAsync("init", "--quiet", "--initial-branch", "main", origin);
        await Commands.RunAsync(Workspace.Signalbox, "design", origin, "--platform", "github-actions", "--set", "scan.dependencies=off", "--set", "scan.secrets=off", "--set", "scan.code=off");
        await CommitAsync(origin, "orders");
    }

    /// <summary>As a person changes a program: one file, and a commit.</summary>
    private static async Task ChangeAsync(string clone, int version)
    {
        await File.AppendAllTextAsync(Path.Combine(clone, "src", "orders.mjs"), $"// change {version.ToString(CultureInfo.InvariantCulture)}\n");
        await CommitAsync(clone, "change");
    }

    private static async Task CommitAsync(string repository, string message)
    {
        await GitAsync("-C", repository, "add", ".");
        await GitAsync("-C", repository, "-c", "user.name=bench", "-c", "user.email=bench@example.com", "commit", "--quiet", "-m", message);
    }

    private static Task<string> GitAsync(params string[] arguments) => Commands.RunAsync("git", arguments);

    private static async Task<Quantiles> TimeAsync(int runs, Func<Task> run, Func<int, Task>? before = null)
    {
        var times = new List<double>();
        for (var i = 0; i < runs; i++)
        {
            if (before is not null) await before(i);
            var clock = Stopwatch.StartNew();
            await run();
            times.Add(clock.Elapsed.TotalMilliseconds);
        }
        return new(times);
    }
}
