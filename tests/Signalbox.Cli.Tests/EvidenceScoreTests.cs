using System.Globalization;
using System.Text.RegularExpressions;

namespace Signalbox.Cli.Tests;

/// <summary>Holds the native file to the shared evidence cases by their own score.py: a process for every report and every bundle.</summary>
public sealed partial class EvidenceScoreTests
{
    private static readonly string s_cases = Path.Combine(SignalboxProgram.Repository, "..", "shared", "evidence-cases");

    [Theory]
    [InlineData("scans", 0.98)]
    [InlineData("sbom", 1)]
    [InlineData("coverage", 1)]
    public async Task Reports_AreReadAsTheCasesSay(string part, double bar)
    {
        var scored = await ScoreAsync("read", $"{SignalboxProgram.Path} evidence read --format json {{file}}", "--part", part);
        var (right, rows) = Shares(scored)[^1];
        Assert.True(rows > 0 && right >= bar * rows, scored);
    }

    [Fact]
    public async Task Bundles_AreTakenAndRefusedAsTheCasesSay()
    {
        var scored = await ScoreAsync("verify", $"{SignalboxProgram.Path} verify bundle");
        // accepted, refused, and refused for the right reason
        Assert.Equal(3, Shares(scored).Count);
        Assert.True(Shares(scored).All(share => share.Rows > 0 && share.Right == share.Rows), scored);
    }

    private static async Task<string> ScoreAsync(string mode, string command, params string[] options)
    {
        Assert.SkipUnless(File.Exists(Path.Combine(s_cases, "score.py")), "the evidence cases are not beside the repository");
        Assert.SkipUnless(Environment.GetEnvironmentVariable("SIGNALBOX_BINARY") is { Length: > 0 }, "hundreds of processes are for the native file: SIGNALBOX_BINARY names none");
        using var score = SignalboxProgram.Start("python3", s_cases, null, [Path.Combine(s_cases, "score.py"), mode, command, .. options]);
        return (await SignalboxProgram.EndOf(score)).All;
    }

    /// <summary>What the last row, of all groups, has.</summary>
    private static IReadOnlyList<(int Right, int Rows)> Shares(string scored) =>
        [.. Share().Matches(scored.Split('\n').Last(line => line.StartsWith("all ", StringComparison.Ordinal))).Select(share => (Number(share.Groups[1]), Number(share.Groups[2])))];

    private static int Number(Group digits) => int.Parse(digits.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("([0-9]+)/([0-9]+)")]
    private static partial Regex Share();
}
