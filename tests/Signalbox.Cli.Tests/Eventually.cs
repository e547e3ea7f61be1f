using System.Diagnostics;

namespace Signalbox.Cli.Tests;

/// <summary>Waits for a condition of something that goes on by itself, with a deadline.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(30);

    /// <param name="what">What should come to be, for the message.</param>
    /// <param name="seen">What is there instead, for the message.</param>
    public static async Task Async(Func<Task<bool>> holds, string what, double seconds = 30, Func<Task<string>>? seen = null)
    {
        for (var waited = Stopwatch.StartNew(); !await holds(); await Task.Delay(s_between, TestContext.Current.CancellationToken))
            if (waited.Elapsed.TotalSeconds > seconds)
                Assert.Fail($"not within {seconds} s: {what}\n{(seen is null ? "" : await seen())}");
    }

    public static Task Async(Func<bool> holds, string what, double seconds = 30) => Async(() => Task.FromResult(holds()), what, seconds);
}
