namespace Signalbox.Cli.Tests;

/// <summary>Each help page as it was read and accepted: SIGNALBOX_ACCEPT=1 writes them anew.</summary>
public sealed class HelpTests
{
    public static TheoryData<string> Verbs =>
    [
        "", "init", "up", "deploy", "status", "rollouts", "rollouts list", "rollouts show", "rollouts watch", "watch", "advance", "abort", "pause", "resume",
        "rollback", "history", "logs", "down", "check", "schema", "ledger", "ledger verify", "judge", "judge simulate", "judge replay",
        "token", "token create", "token list", "token revoke", "host", "serve", "static", "demo", "completion",
    ];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Help_OfEachVerb_IsAsAccepted(string verb)
    {
        var page = (await SignalboxProgram.RunAsync([.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"])).Expect(0);
        var golden = Path.Combine(SignalboxProgram.Root(), "tests", "cases", "cli", $"help{(verb.Length > 0 ? "-" : "")}{verb.Replace(' ', '-')}.txt");
        if (Environment.GetEnvironmentVariable("SIGNALBOX_ACCEPT") == "1") await File.WriteAllTextAsync(golden, page.Out);
        Assert.Equal(await File.ReadAllTextAsync(golden), page.Out);
        Assert.Empty(page.Error);
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Help_OfEachVerbThatActs_HasExamplesAndTheCommonOptions(string verb)
    {
        var page = await SignalboxProgram.RunAsync([.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        if (page.Out.Contains("Commands:", StringComparison.Ordinal)) return;
        Assert.Contains("Examples:\n  ", page.Out);
        Assert.Contains("--format", page.Out);
        Assert.Contains("--state", page.Out);
    }

    [Fact]
    public async Task Version_SaysNameAndNumber()
    {
        var said = (await SignalboxProgram.RunAsync("--version")).Expect(0);
        Assert.Matches(@"^signalbox \d+\.\d+\.\d+( \([0-9a-f]{12}\))?\n$", said.Out);
    }
}
