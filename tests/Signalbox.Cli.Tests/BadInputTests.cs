using System.Text.Json;

namespace Signalbox.Cli.Tests;

public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("stats", "error[usage]: 'stats' is not a verb of signalbox; expected one of up, deploy,", "   = help: signalbox status")]
    [InlineData("rollouts", "error[usage]: a verb is missing; expected one of list, show, watch", "   = help: signalbox rollouts --help")]
    [InlineData("", "error[usage]: a verb is missing; expected one of up, deploy,", "   = help: signalbox --help")]
    [InlineData("status --format xml", "error[usage]: argument 'xml' not recognized", "   = help: signalbox status --help")]
    [InlineData("status --nonsense", "error[usage]: unrecognized command or argument '--nonsense'", "   = help: signalbox status --help")]
    [InlineData("rollouts show", "error[usage]: required argument missing for command: 'show'", "   = help: signalbox rollouts show --help")]
    [InlineData("history --limit many", "error[usage]: cannot parse argument 'many' for option '--limit'", "   = help: signalbox history --help")]
    [InlineData("down --keep-data --delete-data", "error[usage]: --keep-data and --delete-data exclude each other", "   = help: signalbox down --help")]
    [InlineData("completion powershell", "error[usage]: argument 'powershell' not recognized", "   = help: signalbox completion --help")]
    public async Task Usage_Wrong_Exits2AndSaysWhatToType(string line, string message, string help)
    {
        var ended = (await SignalboxProgram.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Expect(2);
        Assert.Contains(message, ended.Error);
        Assert.Contains(help, ended.Error);
        Assert.Empty(ended.Out);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("rollouts list")]
    [InlineData("advance")]
    [InlineData("history")]
    [InlineData("logs")]
    [InlineData("token list")]
    [InlineData("rollback")]
    public async Task Verbs_WithoutControlPlane_Exit3AndSayUp(string line)
    {
        var ended = (await SignalboxProgram.RunAsync([.. line.Split(' '), "--state", _directory.Join("none")])).Expect(3);
        Assert.Contains("error[control-plane-down]", ended.Error);
        Assert.Contains("= help: signalbox up", ended.Error);
        Assert.False(Directory.Exists(_directory.Join("none")));
    }

    [Fact]
    public async Task Refusals_InJson_AreFindings()
    {
        var ended = (await SignalboxProgram.RunAsync("status", "--format", "json", "--state", _directory.Join("none"))).Expect(3);
        using var json = JsonDocument.Parse(ended.Out);
        Assert.Equal("control-plane-down", json.RootElement.GetProperty("findings")[0].GetProperty("id").GetString());
        Assert.Empty(ended.Error);
    }

    [Fact]
    public async Task Up_ProgramMissing_StartsNothing()
    {
        await File.WriteAllTextAsync(_directory.Join("signalbox.yaml"),
            "apiVersion: signalbox/v1\napplication: shop\nprocess: { command: [no-such-program] }\nport: 8080\n", TestContext.Current.CancellationToken);
        var ended = (await SignalboxProgram.RunAsync("up", _directory.Join("signalbox.yaml"), "--state", _directory.Join("none"))).Expect(1);
        Assert.Contains("error[delivery-command-missing]", ended.Error);
        Assert.False(Directory.Exists(_directory.Join("none")));
    }

    [Fact]
    public async Task Abort_WithNeitherControlPlaneNorHost_Exits3()
    {
        var ended = (await SignalboxProgram.RunAsync("abort", "--state", _directory.Join("none"))).Expect(3);
        Assert.Contains("error[host-unreachable]", ended.Error);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("up")]
    public async Task File_WithSeveralErrors_SaysThemAllAndStartsNothing(string verb)
    {
        var file = _directory.Write("signalbox.yaml", "apiVersion: signalbox/v1\napplication: Shop!\nprocess: { command: [], }\nport: 99999\ninstancs: 2\n");
        var ended = (await SignalboxProgram.RunAsync(verb, file, "--state", _directory.Join("state"))).Expect(1);
        Assert.True(ended.Error.Split("error[").Length > 3, ended.Error);
        Assert.Contains("signalbox.yaml:4:7", ended.Error);
        Assert.Contains("= help: ", ended.Error);
        Assert.False(Directory.Exists(_directory.Join("state")));
    }

    [Fact]
    public async Task File_ThatIsMissing_Exits3()
    {
        var ended = (await SignalboxProgram.RunAsync("check", _directory.Join("signalbox.yaml"))).Expect(3);
        Assert.Contains("error[delivery-unreadable]", ended.Error);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("1", false)]
    public async Task Colour_OnATerminal_ObeysNoColor(string noColor, bool coloured)
    {
        var environment = new Dictionary<string, string> { ["NO_COLOR"] = noColor, ["TERM"] = "xterm" };
        using var terminal = SignalboxProgram.Start("script", _directory.Path, environment, "-qec", $"{SignalboxProgram.Path} status --state {_directory.Join("none")}", "/dev/null");
        var ended = (await SignalboxProgram.EndOf(terminal)).Expect(3);
        Assert.Contains("control-plane-down", ended.Out);
        Assert.Equal(coloured, ended.Out.Contains("\e[1;31m", StringComparison.Ordinal));
    }

    [Fact]
    public async Task LedgerVerify_OfAMalformedHead_Exits2AndOfNoLedger_Exits3()
    {
        Assert.Contains("error[ledger-head]", (await SignalboxProgram.RunAsync("ledger", "verify", "--head", "7:xyz", "--state", _directory.Path)).Expect(2).Error);
        Assert.Contains("error[ledger-missing]", (await SignalboxProgram.RunAsync("ledger", "verify", "--state", _directory.Path)).Expect(3).Error);
    }

    [Fact]
    public async Task DownDeleteData_OfAForeignDirectory_DeletesNothing()
    {
        var file = _directory.Write("instances/precious.txt", "do not delete");
        _directory.Write("ledger.db", "somebody's accounts");
        (await SignalboxProgram.RunAsync("down", "--delete-data", "--state", _directory.Path)).Expect(1);
        Assert.True(File.Exists(file));
    }
}
