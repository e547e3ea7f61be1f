using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Signalbox.Audit;
using Signalbox.Audit.Grades;
using Signalbox.Audit.Output;
using Signalbox.Bench.Machine;
using Signalbox.Yaml;

namespace Signalbox.Bench.Auditing;

/// <summary>
/// Mutated files of every corpus through readers, rules, fixes, grades and formats: nothing may throw or hang. One line of the
/// run's seed and number makes any failure again (<c>--seed N --only I</c>); what failed is kept in artifacts/fuzz.
/// </summary>
internal static class AuditFuzzBench
{
    // a mutated file of 64 KiB takes milliseconds; on a busy machine not this long
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private static readonly ConcurrentDictionary<string, int> s_failures = new(StringComparer.Ordinal);

    private static string Folder => Path.Combine(Workspace.Repository, "artifacts", "fuzz");

    private sealed record Seeds(IReadOnlyList<(string Path, byte[] Bytes)> Files, Mutator Mutator);

    public static int Run(BenchOptions options)
    {
        var seed = options.Number("--seed", 1);
        var seeds = Load(options);
        if (options.Text("--only") is not null) return Alone(seeds, seed, options.Number("--only", 0));
        var until = TimeSpan.FromMinutes(options.Number("--minutes", 10, 1)) / (options.Quick ? 6 : 1);
        var threads = options.Number("--threads", Math.Max(1, Environment.ProcessorCount));
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var number = -1;
        Directory.CreateDirectory(Folder);
        // minutes are CPU minutes of the whole process
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            while (Process.GetCurrentProcess().TotalProcessorTime - cpu < until)
            {
                var mine = Interlocked.Increment(ref number);
                // a stack that overflows ends the process: this tells where
                File.WriteAllText(Path.Combine(Folder, $"running-{thread}"), $"--seed {seed} --only {mine}\n");
                Guarded(seeds, seed, mine);
            }
        });
        var bars = new Bars();
        bars.Check("no unhandled exception and no hang", s_failures.IsEmpty, $"{s_failures.Count} kinds of failure in {number + 1} audits over {seeds.Files.Count} seed files, seed {seed}");
        return bars.ExitCode;
    }

    private static int Alone(Seeds seeds, int seed, int number)
    {
        var files = Made(seeds, seed, number);
        foreach (var file in files) Console.Error.WriteLine($"{file.Path}: {file.Text.Content.Length} characters");
        Audit(files);
        return 0;
    }

    private static Seeds Load(BenchOptions options)
    {
        var known = ReaderTable.All;
        List<(string, byte[])> files = [];
        foreach (var path in Corpora.All(options))
        {
            var name = Inside(path);
            if (known.Any(r => r.Claims(name)) && new FileInfo(path).Length is > 0 and < 256 * 1024) files.Add((name, File.ReadAllBytes(path)));
        }
        return new(files, new([.. files.Select(f => f.Item2)]));
    }

    /// <summary>The path as a repository would have it: what lies below the case's folder.</summary>
    private static string Inside(string path)
    {
        foreach (var start in (string[])["/.github/", "/.gitlab/", "/.circleci/"])
            if (path.LastIndexOf(start, StringComparison.Ordinal) is >= 0 and var at) return path[(at + 1)..];
        return Path.GetFileName(path);
    }

    private static List<SourceFile> Made(Seeds seeds, int seed, int number)
    {
        var random = new Random(HashCode(seed, number));
        var files = new List<SourceFile>();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var (path, bytes) = seeds.Files[random.Next(seeds.Files.Count)];
            var mutated = seeds.Mutator.Mutate(bytes, random);
            // bytes that are no text end in the loader; what comes after them shall be read too
            _ = YamlReader.Decode(mutated, out var text);
            if (files.All(f => f.Path != path)) files.Add(new(path, text));
        }
        return files;
    }

    // .NET's own hash codes differ from run to run
    private static int HashCode(int seed, int number) => unchecked((seed * 397) ^ (number * (int)2654435761));

    private static void Guarded(Seeds seeds, int seed, int number)
    {
        var files = Made(seeds, seed, number);
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            try
            {
                Audit(files);
            }
            catch (Exception e)
            {
                thrown = e;
            }
        })
        { IsBackground = true };
        thread.Start();
        if (!thread.Join(s_patience)) Keep(files, seed, number, "hang", $"no end within {s_patience}");
        else if (thrown is not null) Keep(files, seed, number, Kind(thrown), thrown.ToString());
    }

    /// <summary>The exception's type and the first place of ours it came through.</summary>
    private static string Kind(Exception thrown)
    {
        var inner = thrown is AggregateException { InnerException: { } first } ? first : thrown;
        return $"{inner.GetType().Name} {inner.StackTrace?.Split('\n').FirstOrDefault(l => l.Contains("Signalbox", StringComparison.Ordinal))?.Trim()}";
    }

    private static void Audit(IReadOnlyList<SourceFile> files)
    {
        var auditor = new Auditor(new(RuleTable.All), threads: 1);
        var result = auditor.Run(files);
        var report = new AuditReport(result.Findings, new(result.Findings), result.FilesRead, Task.FromResult(Grader.Of(result.Repository, result.Findings)), [.. RuleTable.All.Select(r => r.Info)], "0");
        foreach (var format in AuditFormats.Names) AuditFormats.Write(format, TextWriter.Null, report, colour: false, grades: true);
        FixRun.Apply(
            changed => auditor.Run([.. files.Select(f => changed.GetValueOrDefault(f.Path, f))]).Findings, path => files.FirstOrDefault(f => f.Path == path), FixChoice.Unsafe);
    }

    private static void Keep(IReadOnlyList<SourceFile> files, int seed, int number, string kind, string what)
    {
        if (s_failures.AddOrUpdate(kind, 1, (_, n) => n + 1) > 1) return;
        var folder = Path.Combine(Folder, Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(kind)))[..12]);
        foreach (var file in files)
        {
            var path = Path.Combine(folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file.Text.Content);
        }
        File.WriteAllText(Path.Combine(folder, "why.txt"), $"--seed {seed} --only {number}\n{what}\n");
        Console.Error.WriteLine($"--seed {seed} --only {number}: {kind} (kept in {folder})");
    }
}
