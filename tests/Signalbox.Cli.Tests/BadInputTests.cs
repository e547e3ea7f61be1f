using System.Net;
using System.Text.Json;
using Signalbox.Cli.Control;
using Signalbox.Cli.Verbs;
using Signalbox.Ledger;
using Signalbox.Storage;

namespace Signalbox.Cli.Tests;

public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("stats", "error[usage]: 'stats' is not a verb of signalbox; expected one of init, run, up,", "   = help: signalbox status")]
    [InlineData("rollouts", "error[usage]: a verb is missing; expected one of list, show, watch", "   = help: signalbox rollouts --help")]
    [InlineData("", "error[usage]: a verb is missing; expected one of init, run, up,", "   = help: signalbox --help")]
    [InlineData("status --format xml", "error[usage]: --format is xml; expected one of text, json\n", "   = help: signalbox status --help")]
    [InlineData("status --nonsense", "error[usage]: unrecognized command or argument '--nonsense'", "   = help: signalbox status --help")]
    [InlineData("rollouts show", "error[usage]: required argument missing for command: 'show'", "   = help: signalbox rollouts show --help")]
    [InlineData("history --limit many", "error[usage]: cannot parse argument 'many' for option '--limit'", "   = help: signalbox history --help")]
    [InlineData("logs -n 0", "error[usage]: --lines is 0; expected 1 to 10000", "   = help: signalbox logs --help")]
    [InlineData("logs --lines=-3", "error[usage]: --lines is -3; expected 1 to 10000", "   = help: signalbox logs --help")]
    [InlineData("token create ci --days 99999999", "error[usage]: --days is 99999999; expected 1 to 366", "   = help: signalbox token create --help")]
    [InlineData("token create ci --days many", "error[usage]: cannot parse argument 'many' for option '--days'", "   = help: signalbox token create --help")]
    [InlineData("convert --to github", "error[usage]: --to is github; expected one of github-actions, gitlab, jenkins, azure-pipelines\n", "   = help: signalbox convert --help")]
    [InlineData("design --platform github", "error[usage]: --platform is github; expected one of github-actions, gitlab, jenkins, azure-pipelines\n", "   = help: signalbox design --help")]
    [InlineData("run --jobs 0", "error[usage]: --jobs is 0; expected 1 to 1000", "   = help: signalbox run --help")]
    [InlineData("run --jobs abc", "error[usage]: cannot parse argument 'abc' for option '--jobs'", "   = help: signalbox run --help")]
    [InlineData("down --keep-data --delete-data", "error[usage]: --keep-data and --delete-data exclude each other", "   = help: signalbox down --help")]
    [InlineData("completion powershell", "error[usage]: SHELL is powershell; expected one of bash, zsh, fish\n", "   = help: signalbox completion --help")]
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

    [Theory]
    [InlineData("check")]
    [InlineData("up")]
    public async Task File_WithErrors_SaysAtOnceWhatItNamesAndIsNotThere(string verb)
    {
        var file = _directory.Write("signalbox.yaml", $"apiVersion: signalbox/v1\napplication: shop\nprocess: {{ command: [no-such-program] }}\nport: {Shop.FreePort()}\nfoo: 1\n");
        var ended = (await SignalboxProgram.RunAsync(verb, file, "--state", _directory.Join("state"))).Expect(1);
        Assert.Contains("error[delivery-unknown-key]", ended.Error);
        Assert.Contains("error[delivery-command-missing]", ended.Error);
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
    public async Task Serve_OnAnEntryThatCannotBeRead_Exits3AndNamesIt()
    {
        var state = StateDirectory.Open(_directory.Join("state"));
        using (var ledger = SqliteLedgerStore.Open(state.LedgerPath, TimeProvider.System))
            ledger.Append(ledger.Head, [new("shop/production", "rollout.paused/1", Principal.Engine, "{\"waitingFor\":3}"u8.ToArray())]);
        var ended = (await SignalboxProgram.RunAsync("serve", "--format", "json", "--state", state.Root)).Expect(3);
        using var json = JsonDocument.Parse(ended.Out);
        var finding = json.RootElement.GetProperty("findings")[0];
        Assert.Equal("data-unreadable", finding.GetProperty("id").GetString());
        Assert.Contains("(rollout.paused/1) cannot be read", finding.GetProperty("message").GetString());
    }

    [Fact]
    public void LogLine_WhereTheDiskIsFull_IsLostAndNothingElse()
    {
        using var full = new FullDisk();
        DaemonVerb.Write(full, "a run of web failed");
        Assert.True(full.Tried);
    }

    private sealed class FullDisk : StringWriter
    {
        public bool Tried { get; private set; }

        public override void WriteLine(string? value)
        {
            Tried = true;
            throw new IOException("No space left on device");
        }
    }

    [Fact]
    public async Task FaultOfOurs_IsAFindingAndNoStackTrace()
    {
        using var output = new FailsOnce();
        using var error = new StringWriter();
        Assert.Equal(3, await CommandLine.RunAsync(["schema", "--format", "json"], output, error, CancellationToken.None));
        using var json = JsonDocument.Parse(output.ToString());
        Assert.Equal("internal-error", json.RootElement.GetProperty("findings")[0].GetProperty("id").GetString());
        Assert.Empty(error.ToString());
    }

    [Theory]
    [InlineData("-f", 3, "error[control-plane-down]")]
    [InlineData("--service nope", 2, "error[service-unknown]: shop/production has no service 'nope'; expected one of web")]
    [InlineData("--release shop-9", 2, "error[release-unknown]: shop/production has no release 'shop-9'; expected one of shop-1, shop-2")]
    [InlineData("--app other", 1, "error[track-none]")]
    [InlineData("--service web --release shop-2", 0, "no control plane runs")]
    public async Task KeptLogs_OfWhatIsNotKept_AreRefused(string options, int code, string message)
    {
        foreach (var release in new[] { "shop-1", "shop-2" }) _directory.Write($"logs/shop/production/web/web.{release}.1.abc.log", "");
        var ended = (await SignalboxProgram.RunAsync(["logs", .. options.Split(' '), "--state", _directory.Path])).Expect(code);
        Assert.Contains(message, ended.Error);
    }

    [Theory]
    [InlineData(401, false)]
    [InlineData(403, false)]
    [InlineData(409, false)]
    [InlineData(500, false)]
    [InlineData(507, false)]
    [InlineData(503, true)]
    public void Abort_GoesToTheHost_OnlyWhereTheControlPlaneIsAway(int status, bool away) =>
        Assert.Equal(away, ControlPlaneErrors.IsAway(ControlPlaneErrors.Refused((HttpStatusCode)status, null)));

    private sealed class FailsOnce : StringWriter
    {
        private bool _failed;

        public override void Write(string? value)
        {
            Fail();
            base.Write(value);
        }

        public override void WriteLine(string? value)
        {
            Fail();
            base.WriteLine(value);
        }

        private void Fail()
        {
            if (_failed) return;
            _failed = true;
            throw new InvalidOperationException("nobody thought of this");
        }
    }

    [Fact]
    public async Task LedgerVerify_OfAMalformedHead_Exits2AndOfNoLedger_Exits3()
    {
        Assert.Contains("error[ledger-head]", (await SignalboxProgram.RunAsync("ledger", "verify", "--head", "7:xyz", "--state", _directory.Path)).Expect(2).Error);
        Assert.Contains("error[ledger-missing]", (await SignalboxProgram.RunAsync("ledger", "verify", "--state", _directory.Path)).Expect(3).Error);
    }

    [Fact]
    public async Task Serve_WithAStateDirectoryThatIsAProject_TouchesNothing()
    {
        _directory.Write("src/main.js", "// precious");
        File.SetUnixFileMode(_directory.Path, (UnixFileMode)Convert.ToInt32("755", 8));
        Assert.Contains("error[state-foreign]", (await SignalboxProgram.RunAsync("serve", "--state", _directory.Path)).Expect(1).Error);
        Assert.Equal((UnixFileMode)Convert.ToInt32("755", 8), File.GetUnixFileMode(_directory.Path));
        Assert.Equal(["src"], Directory.GetFileSystemEntries(_directory.Path).Select(Path.GetFileName));
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
