using System.Diagnostics;

namespace Signalbox.Server.Tests;

internal static class Until
{
    public static async Task TrueAsync(Func<bool> condition)
    {
        var started = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(started.Elapsed < TimeSpan.FromSeconds(20), "the condition did not come true within 20 s");
            await Task.Delay(10);
        }
    }
}
