using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Signalbox.Bench.Machine;
using Signalbox.Tests.Fuzz;

namespace Signalbox.Bench;

/// <summary>
/// Fuzzes the readers of tests/Signalbox.Tests/Fuzz for as many minutes of CPU time as it is told to, one after the other on one
/// core: also beside other work each gets its share. Each says its result when it is done. Inputs that lead to something new are kept and damaged further. A fault, an input that takes too long and one that takes too
/// much memory are each written to artifacts/fuzz/TARGET; one that ends the process lies there as "last".
/// </summary>
internal static partial class FuzzBench
{
    private const int MostKept = 4000, Between = 8;

    public static int Run(BenchOptions options)
    {
        var minutes = double.Parse(options.Text("--minutes") ?? "0.05", CultureInfo.InvariantCulture);
        var seed = options.Number("--seed", 1);
        var targets = FuzzTargets.All.Where(target => options.Text("--only") is not { } only || Regex.IsMatch(target.Name, only)).ToList();
        if (options.Text("--from") is { } from) targets = [.. targets.SkipWhile(target => target.Name != from)];
        if (targets.Count == 0) throw new ArgumentException($"no reader fits --only and --from; there are {string.Join(", ", FuzzTargets.All.Select(target => target.Name))}");
        var bars = new Bars();
        foreach (var target in targets) Fuzz(bars, target, TimeSpan.FromMinutes(minutes), seed);
        return bars.ExitCode;
    }

    private static void Fuzz(Bars bars, FuzzTarget target, TimeSpan time, int seed)
    {
        using var findings = new FuzzFindings(target.Name, Path.Combine(Workspace.Repository, "artifacts", "fuzz", target.Name));
        var before = Environment.CpuUsage.TotalTime;
        var (inputs, kept) = Go(target, findings, before + time, new Random(seed));
        var cpu = Environment.CpuUsage.TotalTime - before;
        bars.Check($"fuzz {target.Name}: no fault", findings.Count == 0, $"{inputs:N0} inputs, {kept} kinds of answers, {cpu.TotalMinutes:0.00} CPU minutes, {findings.Count} findings");
    }

    /// <param name="until">CPU time of the process.</param>
    private static (long Inputs, int Kept) Go(FuzzTarget target, FuzzFindings findings, TimeSpan until, Random random)
    {
        List<FuzzSeed> corpus = [.. target.Seeds()];
        List<byte[]> others = [.. corpus.Select(seed => seed.Bytes)];
        var answers = new HashSet<string>(StringComparer.Ordinal);
        var inputs = 0L;
        // many inputs take less time than to ask for it
        while (inputs % Between != 0 || Environment.CpuUsage.TotalTime < until)
        {
            var seed = corpus[random.Next(corpus.Count)];
            var bytes = FuzzDamage.Of(seed.Bytes, others, random);
            inputs++;
            if (findings.Try(seed, bytes) is not { } answer || !answers.Add(Kind(answer)) || corpus.Count >= MostKept) continue;
            corpus.Add(seed with { Bytes = bytes });
            others.Add(bytes);
        }
        return (inputs, answers.Count);
    }

    /// <summary>The answer without what it quotes of the input.</summary>
    private static string Kind(string answer) => Quoted().Replace(answer, "…");

    [GeneratedRegex("'[^']*'?|[0-9]+|\"[^\"]*\"?|sha256:[0-9a-f]*")]
    private static partial Regex Quoted();
}

/// <summary>Runs inputs under watch, and writes down those that must not be.</summary>
internal sealed class FuzzFindings : IDisposable
{
    private readonly string _name;
    private readonly string _directory;
    private readonly FileStream _last;
    private readonly Timer _watch;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private volatile byte[]? _input;
    private (byte[]? Input, TimeSpan At) _seen;

    public FuzzFindings(string name, string directory)
    {
        (_name, _directory) = (name, directory);
        var last = Path.Combine(Directory.CreateDirectory(directory).FullName, "last");
        if (File.Exists(last) && new FileInfo(last).Length > 0) Add("ended the process", File.ReadAllBytes(last));
        _last = new(last, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        _watch = new(_ => Watch(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    public int Count => _known.Count;

    /// <returns>What came of it; null for a finding.</returns>
    public string? Try(FuzzSeed seed, byte[] bytes)
    {
        Remember(bytes);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var answer = seed.Read(bytes);
            var more = GC.GetAllocatedBytesForCurrentThread() - allocated;
            if (more < FuzzTargets.MostMemory(bytes.Length)) return answer;
            Add($"allocated {more / 1_000_000} MB", bytes);
        }
        catch (Exception e)
        {
            Add($"{e.GetType().Name}: {e.Message.Split('\n')[0]} {At(e)}", bytes);
        }
        finally
        {
            _input = null;
        }
        return null;
    }

    /// <summary>Written before it is tried: nothing can be written after a stack that overflowed.</summary>
    private void Remember(byte[] bytes)
    {
        _last.SetLength(0);
        _last.Position = 0;
        _last.Write(bytes);
        _input = bytes;
    }

    private static string At(Exception e) => e.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("Signalbox", StringComparison.Ordinal))?.Trim() ?? "";

    private void Add(string what, byte[] bytes)
    {
        if (!_known.Add(what)) return;
        var path = Path.Combine(_directory, Convert.ToHexStringLower(SHA256.HashData(bytes))[..12]);
        File.WriteAllBytes(path, bytes);
        Console.WriteLine($"found {_name}: {what}\n  {path}");
    }

    // a thread that does not come back cannot be taken back either
    private void Watch()
    {
        // in time of the processor: beside other work the clock on the wall tells of that
        var (input, now) = (_input, Environment.CpuUsage.TotalTime);
        if (input is null || !ReferenceEquals(input, _seen.Input)) _seen = (input, now);
        if (input is null || now - _seen.At < FuzzTargets.MostTime) return;
        Add($"took longer than {FuzzTargets.MostTime.TotalSeconds:0} s", input);
        _last.SetLength(0);
        Environment.Exit(1);
    }

    public void Dispose()
    {
        _watch.Dispose();
        _last.Dispose();
        File.Delete(Path.Combine(_directory, "last"));
        if (!Directory.EnumerateFileSystemEntries(_directory).Any()) Directory.Delete(_directory);
    }
}
