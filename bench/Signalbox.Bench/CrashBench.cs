namespace Signalbox.Bench;
internal static class CrashBench { public static Task<int> RunAsync(BenchOptions options) => Task.FromResult(options.Quick ? 0 : 1); }
