namespace Signalbox.Cli.Tests;

public sealed class CompletionTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("signalbox roll", "rollouts rollback")]
    [InlineData("signalbox rollouts s", "show")]
    [InlineData("signalbox token create --sc", "--scope")]
    [InlineData("signalbox token create --scope r", "read report")]
    [InlineData("signalbox status --format j", "json")]
    [InlineData("signalbox completion f", "fish")]
    [InlineData("signalbox deploy --no-wait --for", "--format")]
    public async Task Bash_Completes(string line, string expected)
    {
        var script = _directory.Write("completion.bash", (await SignalboxProgram.RunAsync("completion", "bash")).Expect(0).Out);
        var words = line.Split(' ');
        var probe = $"source {script}; COMP_WORDS=({line}); COMP_CWORD={words.Length - 1}; _signalbox; echo \"${{COMPREPLY[*]}}\"";
        using var bash = SignalboxProgram.Start("/bin/bash", _directory.Path, null, "-c", probe);
        Assert.Equal(expected, (await SignalboxProgram.EndOf(bash)).Expect(0).Out.Trim());
    }

    [Theory]
    [InlineData("signalbox watch shop-", "shop-production-1")]
    [InlineData("signalbox rollouts show shop-", "shop-production-1")]
    [InlineData("signalbox logs --service ", "web")]
    [InlineData("signalbox rollback --to ", "shop-1")]
    [InlineData("signalbox history --app ", "shop")]
    public async Task Bash_CompletesWhatTheControlPlaneKnows(string line, string expected)
    {
        var script = _directory.Write("completion.bash", (await SignalboxProgram.RunAsync("completion", "bash")).Expect(0).Out);
        // stands in for the program: the names themselves are DeliveryTests'
        var asked = _directory.Write("bin/signalbox", """
            #!/bin/sh
            case "$*" in
              "complete-names rollouts") echo shop-production-1;; "complete-names services") echo web;;
              "complete-names releases") echo shop-1;; "complete-names applications") echo shop;;
            esac
            """);
        File.SetUnixFileMode(asked, (UnixFileMode)0x1ed);
        var words = line.Split(' ');
        var probe = $"PATH={_directory.Join("bin")}:$PATH; source {script}; COMP_WORDS=({line} \"\"); COMP_WORDS[{words.Length - 1}]='{words[^1]}'; COMP_CWORD={words.Length - 1}; _signalbox; echo \"${{COMPREPLY[*]}}\"";
        using var bash = SignalboxProgram.Start("/bin/bash", _directory.Path, null, "-c", probe);
        var said = (await SignalboxProgram.EndOf(bash)).Expect(0).Out.Split(' ', '\n');
        Assert.Contains(expected, said);
    }

    /// <summary>A name is a word, whatever it has in it: nothing of it runs.</summary>
    [Theory]
    [InlineData("$(touch${IFS}pwned)")]
    [InlineData("`touch${IFS}pwned`")]
    [InlineData("*")]
    public async Task Bash_RunsNothingOfAName(string name)
    {
        var script = _directory.Write("completion.bash", (await SignalboxProgram.RunAsync("completion", "bash")).Expect(0).Out);
        _directory.Write("names", name + "\n");
        var asked = _directory.Write("bin/signalbox", $"#!/bin/sh\ncat {_directory.Join("names")}\n");
        File.SetUnixFileMode(asked, (UnixFileMode)0x1ed);
        var probe = $"PATH={_directory.Join("bin")}:$PATH; source {script}; COMP_WORDS=(signalbox rollback --to ''); COMP_CWORD=3; _signalbox; printf '%s\\n' \"${{COMPREPLY[@]}}\"";
        using var bash = SignalboxProgram.Start("/bin/bash", _directory.Path, null, "-c", probe);
        Assert.Equal(name, (await SignalboxProgram.EndOf(bash)).Expect(0).Out.Trim());
        Assert.False(File.Exists(_directory.Join("pwned")));
    }

    [Theory]
    [InlineData("shop-production-1", true)]
    [InlineData("acme/shop@eu_1.2", true)]
    [InlineData("$(id)", false)]
    [InlineData("a b", false)]
    [InlineData("a;b", false)]
    [InlineData("--override", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Names_ThatAreMoreThanAWord_AreLeftOut(string? name, bool plain) => Assert.Equal(plain, Signalbox.Cli.Verbs.NamesVerb.IsPlain(name));

    /// <summary>Every verb and every option that help shows.</summary>
    [Theory]
    [InlineData("bash", "{0}")]
    [InlineData("fish", "-l {1} ")]
    public async Task Scripts_KnowEveryOptionOfEveryVerb(string shell, string form)
    {
        var script = (await SignalboxProgram.RunAsync("completion", shell)).Expect(0).Out;
        foreach (var command in Signalbox.Cli.Verbs.VerbTable.Named(null).Where(verb => !verb.Hidden).SelectMany(verb => verb.Subcommands.Prepend(verb)))
        {
            Assert.Contains(command.Name, script);
            foreach (var option in command.Options.Where(o => !o.Hidden && o.Name.StartsWith("--", StringComparison.Ordinal)))
                Assert.Contains(string.Format(System.Globalization.CultureInfo.InvariantCulture, form, option.Name, option.Name[2..]), script);
        }
    }

    [Theory]
    [InlineData("zsh", "#compdef signalbox")]
    [InlineData("fish", "complete -c signalbox -f")]
    public async Task OtherShells_GetTheirScript(string shell, string first) =>
        Assert.StartsWith(first, (await SignalboxProgram.RunAsync("completion", shell)).Expect(0).Out, StringComparison.Ordinal);
}
