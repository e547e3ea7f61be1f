using System.Diagnostics;
using System.Globalization;
using Signalbox.Bench.Machine;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Tests.Evidence.Verification;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Bench;

/// <summary>
/// How long one bundle takes to verify offline: the whole process from cold, and warm on one thread of this one. Beside it
/// npm's Sigstore client on the very same bundle, where SIGSTORE_NPM names a node_modules with it (bench/run.sh installs one).
/// The bundle is a keyless one with provenance, its log's promise and proof; that of the tests, or, where SIGNALBOX_BENCH_BUNDLE,
/// _DIGEST, _SOURCE and _ROOT (a trusted root) name it, any other.
/// </summary>
internal static class VerifyBench
{
    private sealed record Subject(string Bundle, string Root, string Digest, string Source, string? Builder)
    {
        public string[] Options => ["verify", "bundle", "--bundle", Bundle, "--trusted-root", Root, "--artifact-digest", Digest, "--source", Source, .. Builder is null ? Array.Empty<string>() : ["--builder-id", Builder]];

        public VerificationPolicy Policy => new()
        {
            Artifact = [ArtifactDigest.TryParse(Digest, out var digest) ? digest! : throw new ArgumentException($"SIGNALBOX_BENCH_DIGEST is '{Digest}'; expected sha256:HEX")],
            Provenance = new(Source) { BuilderId = Builder },
        };
    }

    public static async Task<int> RunAsync(BenchOptions options)
    {
        using var workspace = new Workspace();
        var (subject, bars) = (SubjectOf(workspace), new Bars());
        var (runs, rounds) = (options.Number("--runs", 50, 3), options.Number("--rounds", 1000, 50));
        var cold = await ColdAsync(Workspace.Signalbox, subject.Options, runs);
        var warm = Warm(subject, rounds);
        Check(bars, "verify one bundle, cold, whole process: median under 80 ms", 80, cold);
        Check(bars, "verify one bundle, warm, one thread: median under 3 ms", 3, warm);
        if (Environment.GetEnvironmentVariable("SIGSTORE_NPM") is { Length: > 0 } modules) await BesideAsync(bars, modules, subject, cold, warm, runs, rounds);
        else Bars.Say($"SIGSTORE_NPM names no node_modules: npm's client was not run");
        return bars.ExitCode;
    }

    private static async Task BesideAsync(Bars bars, string modules, Subject subject, Quantiles cold, Quantiles warm, int runs, int rounds)
    {
        string[] script = [Path.Combine(Workspace.AppDirectory, "verify.mjs"), modules, subject.Bundle, subject.Root];
        var theirCold = await ColdAsync("node", script, runs);
        var printed = await Commands.RunAsync("node", [.. script, rounds.ToString(CultureInfo.InvariantCulture)]);
        var theirWarm = new Quantiles(printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => double.Parse(line, CultureInfo.InvariantCulture)));
        bars.Check("no slower than npm's client, cold", cold.Median <= theirCold.Median, $"{theirCold.Median / cold.Median:0.0} times as fast (npm {theirCold.Median:0.0} ms)");
        bars.Check("no slower than npm's client, warm", warm.Median <= theirWarm.Median, $"{theirWarm.Median / warm.Median:0.0} times as fast (npm {theirWarm.Median:0.00} ms)");
    }

    private static void Check(Bars bars, string bar, double limit, Quantiles milliseconds) =>
        bars.Check(bar, milliseconds.Median < limit, $"median {milliseconds.Median:0.00} ms, p95 {milliseconds.At(0.95):0.00} ms (n {milliseconds.Count})");

    private static async Task<Quantiles> ColdAsync(string program, string[] arguments, int runs)
    {
        var times = new List<double>();
        for (var i = 0; i <= runs; i++)
        {
            var clock = Stopwatch.StartNew();
            await Commands.RunAsync(program, arguments);
            if (i > 0) times.Add(clock.Elapsed.TotalMilliseconds);
        }
        return new(times);
    }

    private static Quantiles Warm(Subject subject, int rounds)
    {
        var (root, bundle) = (TrustedRoot.Read(File.ReadAllBytes(subject.Root)), File.ReadAllBytes(subject.Bundle));
        var times = new List<double>();
        for (var i = 0; i < rounds + (rounds / 5); i++)
        {
            var clock = Stopwatch.StartNew();
            var result = BundleVerifier.Verify(bundle, root, subject.Policy, DateTimeOffset.UtcNow);
            if (!result.Accepted) throw new InvalidOperationException($"the bundle was refused: {result.Reason}");
            if (i >= rounds / 5) times.Add(clock.Elapsed.TotalMilliseconds);
        }
        return new(times);
    }

    private static Subject SubjectOf(Workspace workspace)
    {
        if (Environment.GetEnvironmentVariable("SIGNALBOX_BENCH_BUNDLE") is { Length: > 0 } bundle)
            return new(bundle, Named("ROOT"), Named("DIGEST"), Named("SOURCE"), Environment.GetEnvironmentVariable("SIGNALBOX_BENCH_BUILDER"));
        var sample = LocalSamples.Get("github-attestation");
        File.WriteAllBytes(workspace.PathOf("bundle.json"), sample.Bundle);
        File.WriteAllBytes(workspace.PathOf("root.json"), LocalBundle.Write(LocalSamples.Instance.TrustedRootJson()));
        var provenance = sample.Policy.Provenance!;
        return new(workspace.PathOf("bundle.json"), workspace.PathOf("root.json"), sample.Policy.Artifact[0].ToString(), provenance.Source, provenance.BuilderId);
    }

    private static string Named(string name) => Environment.GetEnvironmentVariable("SIGNALBOX_BENCH_" + name)
        ?? throw new ArgumentException($"SIGNALBOX_BENCH_{name} is not set; see the head of VerifyBench.cs");
}
