using System.CommandLine;
using System.Text.Json;
using Signalbox.Cli.Verbs;

namespace Signalbox.Cli.Tests;

/// <summary>What every verb does alike.</summary>
public sealed class VerbTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    public static TheoryData<string> Acting => [.. All().Where(verb => verb.Command.Subcommands.Count == 0).Select(verb => verb.Path)];

    [Theory]
    [MemberData(nameof(Acting))]
    public async Task EachVerb_WronglyUsed_SaysSoInJson(string verb)
    {
        var ended = (await SignalboxProgram.RunAsync([.. verb.Split(' '), "--format", "json", "--no-such-option"])).Expect(2);
        Assert.Empty(ended.Error);
        var finding = Findings(ended)[0];
        Assert.Equal("usage", finding.GetProperty("id").GetString());
        Assert.Equal($"signalbox {verb} --help", finding.GetProperty("help").GetString());
    }

    [Theory]
    [InlineData("up NONE", 3)]
    [InlineData("deploy NONE", 3)]
    [InlineData("check NONE", 3)]
    [InlineData("status", 3)]
    [InlineData("rollouts list", 3)]
    [InlineData("rollouts show r", 3)]
    [InlineData("rollouts watch", 3)]
    [InlineData("watch", 3)]
    [InlineData("advance", 3)]
    [InlineData("abort", 3)]
    [InlineData("pause", 3)]
    [InlineData("resume", 3)]
    [InlineData("rollback", 3)]
    [InlineData("history", 3)]
    [InlineData("dora", 3)]
    [InlineData("notify set -f NONE", 3)]
    [InlineData("notify show", 3)]
    [InlineData("notify try", 3)]
    [InlineData("logs", 3)]
    [InlineData("token list", 3)]
    [InlineData("token create ci", 3)]
    [InlineData("token revoke tok-1", 3)]
    [InlineData("evidence add NONE --release shop-1", 3)]
    [InlineData("evidence list --release shop-1", 3)]
    [InlineData("evidence show 12345678", 3)]
    [InlineData("evidence withdraw 12345678 --reason x", 3)]
    [InlineData("release create NONE", 3)]
    [InlineData("release show shop-1", 3)]
    [InlineData("gates check shop-1 --env production", 3)]
    [InlineData("gates explain shop-1", 3)]
    [InlineData("gates replay shop-1", 3)]
    [InlineData("policy set production -f NONE", 3)]
    [InlineData("policy diff production -f NONE", 3)]
    [InlineData("policy show production", 3)]
    [InlineData("policy approve production sha256:x", 3)]
    [InlineData("approve shop-1 --env production", 3)]
    [InlineData("ledger verify", 3)]
    [InlineData("evidence read NONE", 3)]
    [InlineData("evidence diff NONE NONE", 3)]
    [InlineData("judge replay NONE", 3)]
    [InlineData("verify bundle --bundle NONE --artifact-digest sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03 --source github.com/acme/app --package-name acme-app", 2)]
    [InlineData("serve --listen nowhere", 2)]
    [InlineData("host --state /proc/none", 3)]
    [InlineData("serve --state /proc/none", 3)]
    public async Task EachVerb_ThatCannot_SaysSoInJson(string line, int code)
    {
        string[] state = line.Contains("--state", StringComparison.Ordinal) ? [] : ["--state", _directory.Join("none")];
        var ended = (await SignalboxProgram.RunAsync([.. line.Replace("NONE", _directory.Join("nothing"), StringComparison.Ordinal).Split(' '), "--format", "json", .. state])).Expect(code);
        Assert.NotEmpty(Findings(ended)[0].GetProperty("message").GetString()!);
    }

    [Theory]
    [InlineData("schema")]
    [InlineData("completion bash")]
    [InlineData("complete-names rollouts")]
    [InlineData("down")]
    public async Task EachVerb_ThatNeedsNothing_AnswersInJson(string line)
    {
        var ended = (await SignalboxProgram.RunAsync([.. line.Split(' '), "--format", "json", "--state", _directory.Join("none")])).Expect(0);
        using var json = JsonDocument.Parse(ended.Out);
    }

    private static JsonElement Findings(Ended ended) => JsonDocument.Parse(ended.Out).RootElement.GetProperty("findings");

    internal static IEnumerable<(string Path, Command Command)> All() => VerbTable.Named(null)
        .SelectMany(verb => verb.Subcommands.Select(child => ($"{verb.Name} {child.Name}", child)).Prepend((verb.Name, verb)));
}
