using System.Diagnostics;
using Signalbox.Bench.Machine;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Bench;

/// <summary>
/// How long one real bundle takes to verify offline: the whole native process from cold, and warm inside this one.
/// The bundle is named by SIGNALBOX_BENCH_BUNDLE, its artifact's digest by SIGNALBOX_BENCH_DIGEST and its repository by
/// SIGNALBOX_BENCH_SOURCE, since bundles of others are no part of this repository.
/// </summary>
internal static class VerifyBench
{
    public static async Task<int> RunAsync(BenchOptions options)
    {
        var (bundle, digest, source) = (Named("BUNDLE"), Named("DIGEST"), Named("SOURCE"));
        var bars = new Bars();
        var policy = new VerificationPolicy { Artifact = [Digest(digest)], Provenance = new(source) };
        Check(bars, "verify bundle, native, whole process: median under 80 ms", 80, await ColdAsync(bundle, digest, source, options.Number("--runs", 50, 3)));
        Check(bars, "one bundle warm, one thread: median under 3 ms", 3, Warm(await File.ReadAllBytesAsync(bundle), policy, options.Number("--rounds", 500, 5)));
        return bars.ExitCode;
    }

    private static void Check(Bars bars, string bar, double limit, Quantiles milliseconds) =>
        bars.Check(bar, milliseconds.Median < limit, $"median {milliseconds.Median:0.00} ms, p95 {milliseconds.At(0.95):0.00} ms (n {milliseconds.Count})");

    private static async Task<Quantiles> ColdAsync(string bundle, string digest, string source, int runs)
    {
        var times = new List<double>();
        for (var i = 0; i <= runs; i++)
        {
            var clock = Stopwatch.StartNew();
            await Commands.RunAsync(Workspace.Signalbox, "verify", "bundle", "--bundle", bundle, "--artifact-digest", digest, "--source", source);
            if (i > 0) times.Add(clock.Elapsed.TotalMilliseconds);
        }
        return new(times);
    }

    private static Quantiles Warm(byte[] bundle, VerificationPolicy policy, int rounds)
    {
        var root = TrustedRoot.PublicGood();
        var times = new List<double>();
        for (var i = 0; i < rounds + rounds / 5; i++)
        {
            var clock = Stopwatch.StartNew();
            var result = BundleVerifier.Verify(bundle, root, policy, DateTimeOffset.UtcNow);
            if (!result.Accepted) throw new InvalidOperationException($"the bundle was refused: {result.Reason}");
            if (i >= rounds / 5) times.Add(clock.Elapsed.TotalMilliseconds);
        }
        return new(times);
    }

    private static ArtifactDigest Digest(string text) => ArtifactDigest.TryParse(text, out var digest) ? digest! : throw new ArgumentException($"SIGNALBOX_BENCH_DIGEST is '{text}'; expected sha256:HEX");

    private static string Named(string name) => Environment.GetEnvironmentVariable("SIGNALBOX_BENCH_" + name)
        ?? throw new ArgumentException($"SIGNALBOX_BENCH_{name} is not set; see the head of VerifyBench.cs");
}
