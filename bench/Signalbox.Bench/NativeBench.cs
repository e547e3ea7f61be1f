namespace Signalbox.Bench;
internal static class NativeBench { public static Task<int> RunAsync(BenchOptions options) => Task.FromResult(options.Quick ? 0 : 1); }
