using CsCheck;
using Signalbox.Delivery.Reading;

namespace Signalbox.Tests.Delivery;

public sealed class ReadingTests
{
    [Theory]
    [InlineData("300ms", 0.3)]
    [InlineData("30s", 30)]
    [InlineData("1m30s", 90)]
    [InlineData("1.5h", 5400)]
    [InlineData("0s", 0)]
    public void Duration_Written_IsRead(string text, double seconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("30 s")]
    [InlineData("1y")]
    [InlineData("31d")]
    [InlineData("99999999999999999999d")]
    [InlineData("1.2.3s")]
    public void Duration_Other_IsRefused(string text) => Assert.False(Durations.TryParse(text, out _));

    [Theory]
    [InlineData("node server.js", "node|server.js")]
    [InlineData("  a  'b c'  \"d \\\" e\" f\\ g ''", "a|b c|d \" e|f g|")]
    [InlineData("a'b'c", "abc")]
    public void CommandLine_Words_AreSplitAsAShellDoes(string text, string words)
    {
        Assert.Equal(words.Split('|'), CommandLine.Split(text, out var problem));
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("a | b")]
    [InlineData("a > b")]
    [InlineData("a && b")]
    [InlineData("echo $HOME")]
    [InlineData("echo \"$HOME\"")]
    [InlineData("ls *.js")]
    [InlineData("cd ~")]
    [InlineData("a 'b")]
    public void CommandLine_ThatNeedsAShell_IsRefused(string text)
    {
        CommandLine.Split(text, out var problem);
        Assert.NotNull(problem);
    }

    [Fact]
    public void CommandLine_SingleQuoted_RoundTrips() => Gen.String[Gen.Char[' ', '~'], 1, 20].Array[1, 5].Sample(words =>
    {
        var text = string.Join(' ', words.Select(w => "'" + w.Replace("'", "'\\''", StringComparison.Ordinal) + "'"));
        return CommandLine.Split(text, out _).SequenceEqual(words);
    });

    [Theory]
    [InlineData("portt", "port")]
    [InlineData("helath", "health")]
    [InlineData("stratgy", "strategy")]
    [InlineData("Environments", "environments")]
    [InlineData("colour", null)]
    public void Spelling_Nearest_IsWhatWasMeant(string word, string? meant) =>
        Assert.Equal(meant, Spelling.Nearest(word, ["port", "health", "strategy", "environments", "slo"]));

    [Theory]
    [InlineData(null, 0.01)]
    [InlineData(0.9995, 0.005)]
    [InlineData(0.99999, 0.001)]
    [InlineData(0.9, 0.05)]
    public void Limit_FollowsFromAvailability(double? availability, double limit) =>
        Assert.Equal(limit, DeliveryDefaults.LimitFor(availability), 9);
}
