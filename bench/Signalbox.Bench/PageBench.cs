using System.Diagnostics;
using Signalbox.Api;
using Signalbox.Bench.Load;
using Signalbox.Bench.Machine;

namespace Signalbox.Bench;

/// <summary>
/// What open pages cost the control plane: its CPU while a rollout streams its observations, without pages and with fifty.
/// Each reader does what a page does: it follows the events, and reads status and history anew after the ledger has grown.
/// </summary>
internal static class PageBench
{
    private const int Pages = 50;

    private static readonly ProductSetup s_setup = new("canary: { steps: [{ weight: 50%, for: 2s }], bake: 0s, keepWarm: 2s, analysis: { maxStepTime: 2s, onUndecided: advance } }");

    public static async Task<int> RunAsync(BenchOptions options)
    {
        var time = TimeSpan.FromSeconds(options.Number("--seconds", 30, 3));
        var bars = new Bars();
        using var workspace = new Workspace();
        await using var product = await ProductUnderTest.StartAsync(workspace, s_setup);
        var load = new ClosedLoad(product.Port);
        load.Add(4, TimeSpan.FromMilliseconds(20), RequestText.Get("/"));
        await HoldAsync(product);
        var without = await CpuAsync(product, time);
        await using var pages = await PageReaders.OpenAsync(product.State, Pages, ProductUnderTest.Application, ProductUnderTest.Environment);
        var before = pages.Observations;
        var with = await CpuAsync(product, time);
        var rate = (pages.Observations - before) / (double)Pages / time.TotalSeconds;
        await load.StopAsync();
        bars.Check($"{Pages} open pages cost the control plane: under 10 % of a core", with - without < 0.10, $"{100 * (with - without):0.0} % (with {100 * with:0.0} %, without {100 * without:0.0} %)");
        bars.Check("observations that each page got: at least 8 a second", rate >= 8, $"{rate:0.0} a second");
        Bars.Note("read anew by the pages, status and history", $"{pages.Refreshed}");
        return bars.ExitCode;
    }

    /// <summary>A rollout that stays where it is, so that it is judged ten times a second for as long as the bench looks.</summary>
    private static async Task HoldAsync(ProductUnderTest product)
    {
        var stable = (await TrackAsync(product))?.Stable;
        var rollout = await product.Api.StartAsync(ProductUnderTest.Application, ProductUnderTest.Environment, ProductUnderTest.Releases.First(release => release != stable))
            ?? throw new InvalidOperationException("the control plane does not start a rollout");
        await Until.TrueAsync(async () => (await TrackAsync(product))?.Rollout is { Phase: "Progressing" }, "the rollout is at its step", everyMs: 20);
        if (await product.Api.CommandAsync(rollout.Id, "pause", "the bench looks") is null) throw new InvalidOperationException($"{rollout.Id} is not paused");
    }

    private static Task<TrackView?> TrackAsync(ProductUnderTest product) => product.Api.TrackAsync(ProductUnderTest.Application, ProductUnderTest.Environment);

    /// <summary>Cores that the control plane used; the ledger grows twice meanwhile, as it does at a step.</summary>
    private static async Task<double> CpuAsync(ProductUnderTest product, TimeSpan time)
    {
        var (clock, before) = (Stopwatch.StartNew(), product.Plane.OwnCpuSeconds());
        for (var i = 0; i < 2; i++)
        {
            await Task.Delay(time / 2);
            await product.CliAsync("token", "create", "ci:bench", "--scope", "read");
        }
        return (product.Plane.OwnCpuSeconds() - before) / clock.Elapsed.TotalSeconds;
    }
}
