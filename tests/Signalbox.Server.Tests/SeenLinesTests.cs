using Signalbox.Runtimes.Protocol;

namespace Signalbox.Server.Tests;

public sealed class SeenLinesTests
{
    private static readonly DateTimeOffset s_at = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    [Fact]
    public async Task NewAsync_LinesOfOneInstant_AllComeAndComeOnce()
    {
        var seen = new SeenLines();
        InstanceLogLine[] first = [Line("a", 0, "error"), Line("a", 0, "  at Main"), Line("b", -5, "older, of another")];
        Assert.Equal(["error", "  at Main", "older, of another"], await TextsAsync(seen, first));
        Assert.Equal(["  at Start", "later"], await TextsAsync(seen, [.. first[..2], Line("a", 0, "  at Start"), first[2], Line("b", 1, "later")]));
    }

    [Fact]
    public async Task NewAsync_LaterReadingGoesFurtherBack_OnlyWhatIsNewComes()
    {
        var seen = new SeenLines();
        Assert.Equal(["asked for"], await TextsAsync(seen, [Line("a", 0, "asked for")]));
        Assert.Equal(["new"], await TextsAsync(seen, [Line("stopped long ago", -60, "old"), Line("a", 0, "asked for"), Line("b", 1, "new")]));
    }

    private static async Task<List<string>> TextsAsync(SeenLines seen, IEnumerable<InstanceLogLine> reading)
    {
        var texts = new List<string>();
        await foreach (var line in seen.NewAsync(reading.ToAsyncEnumerable())) texts.Add(line.Text);
        return texts;
    }

    private static InstanceLogLine Line(string instance, int seconds, string text) => new(s_at.AddSeconds(seconds), "web", "shop-1", instance, "stdout", text);
}
