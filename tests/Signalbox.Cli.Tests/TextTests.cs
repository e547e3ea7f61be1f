using Signalbox.Api;
using Signalbox.Cli.Terminal;

namespace Signalbox.Cli.Tests;

public sealed class TextTests
{
    [Fact]
    public void History_OfATakeBack_SaysTheReasonOnce()
    {
        const string because = "the canary is worse than stable in errors: 8 of 40 requests were bad";
        string[] newestFirst =
        [
            "ended RolledBack: wrong prices",
            "is taken back: wrong prices",
            "shop-production-4 begins: shop-4 over shop-2",
            $"ended RolledBack: the judge took it back: {because}",
            $"is taken back: the judge took it back: {because}",
            $"judged bad in web: {because}",
            "step 2 stayed undecided: advance",
            "step 1 stayed undecided: advance",
            "shop-production-3 begins: shop-3 over shop-2",
        ];
        var entries = newestFirst.Select((summary, i) => new HistoryEntry(
            newestFirst.Length - i, DateTimeOffset.UnixEpoch, "shop/production", "system:engine",
            summary.Split(' ') switch { ["ended", ..] => "rollout.ended/1", ["is", ..] => "rollout.abort-started/1", [_, "begins:", ..] => "rollout.started/1", _ => "rollout.other/1" }, summary)).ToList();
        var lines = HistoryText.Lines(entries);
        Assert.Equal(newestFirst.Length, lines.Count);
        Assert.EndsWith(" ended RolledBack", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(" is taken back: wrong prices", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(" ended RolledBack", lines[3], StringComparison.Ordinal);
        Assert.EndsWith(" is taken back: the judge took it back", lines[4], StringComparison.Ordinal);
        Assert.EndsWith($" judged bad in web: {because}", lines[5], StringComparison.Ordinal);
        Assert.EndsWith(" step 2 stayed undecided: advance", lines[6], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("    at Object.<anonymous> (/var/state/workloads/artifacts/{0}/lib/server.js:3:7)", "  |     at Object.<anonymous> (lib/server.js:3:7)")]
    [InlineData("file:///var/state/workloads/artifacts/{0}/server.mjs:3", "  | server.mjs:3")]
    [InlineData("  File \"/opt/artifacts/{0}/app.py\", line 9, in <module>", "  |   File \"app.py\", line 9, in <module>")]
    [InlineData("cannot open /etc/artifacts/shop.conf", "  | cannot open /etc/artifacts/shop.conf")]
    public void LogTail_NamesFilesAsTheArtifactDoes(string line, string shown) =>
        Assert.Equal(shown, Assert.Single(LogTailText.Lines([string.Format(System.Globalization.CultureInfo.InvariantCulture, line, new string('a', 64))])));
}
