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
    [InlineData("signalbox audit --format s", "sarif")]
    [InlineData("signalbox run build --res", "--resume")]
    [InlineData("signalbox convert --to j", "jenkins")]
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
    [InlineData("signalbox release promote shop-1 --to ", "production")]
    [InlineData("signalbox release promote shop", "shop-1")]
    [InlineData("signalbox history --app ", "shop")]
    public async Task Bash_CompletesWhatTheControlPlaneKnows(string line, string expected)
    {
        var script = _directory.Write("completion.bash", (await SignalboxProgram.RunAsync("completion", "bash")).Expect(0).Out);
        Knowing();
        var words = line.Split(' ');
        var probe = $"PATH={_directory.Join("bin")}:$PATH; source {script}; COMP_WORDS=({line} \"\"); COMP_WORDS[{words.Length - 1}]='{words[^1]}'; COMP_CWORD={words.Length - 1}; _signalbox; echo \"${{COMPREPLY[*]}}\"";
        using var bash = SignalboxProgram.Start("/bin/bash", _directory.Path, null, "-c", probe);
        var said = (await SignalboxProgram.EndOf(bash)).Expect(0).Out.Split(' ', '\n');
        Assert.Contains(expected, said);
    }

    public static TheoryData<string, string> Lines => new()
    {
        { "signalbox roll", "rollback rollouts" },
        { "signalbox rollouts s", "show" },
        { "signalbox token create --sc", "--scope" },
        { "signalbox token create --scope r", "read report" },
        { "signalbox audit --format s", "sarif" },
        { "signalbox drill rollback --to", "" },
        { "signalbox token list cr", "" },
        { "signalbox watch shop-", "shop-production-1" },
        { "signalbox logs --service ", "web" },
        { "signalbox rollback --to ", "shop-1" },
        { "signalbox release promote shop-1 --to ", "production" },
        { "signalbox deploy some", "some.yaml" },
        { "signalbox policy set production --file some", "some.yaml" },
    };

    [Theory, MemberData(nameof(Lines))]
    public async Task Fish_Completes(string line, string expected)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/fish"), "there is no fish here");
        var script = _directory.Write("completion.fish", (await SignalboxProgram.RunAsync("completion", "fish")).Expect(0).Out);
        Knowing();
        using var fish = SignalboxProgram.Start("/usr/bin/fish", _directory.Path, Surroundings(), "--no-config", "-c", $"source {script}; complete -C '{line}'");
        Assert.Equal(expected, Sorted((await SignalboxProgram.EndOf(fish)).Expect(0).Out.Split('\n').Select(offered => offered.Split('\t')[0])));
    }

    [Theory, MemberData(nameof(Lines))]
    public async Task Zsh_Completes(string line, string expected) => Assert.Equal(expected, Sorted(await ZshAsync(line, "source completion.zsh")));

    [Fact]
    public async Task Zsh_CompletesAtItsFirstTab_FromItsFolderOfFunctions() =>
        Assert.Equal("shop-1", Sorted(await ZshAsync("signalbox rollback --to ", "mkdir functions; cp completion.zsh functions/_signalbox; fpath=($PWD/functions $fpath); compinit -u -D")));

    /// <summary>What an interactive zsh at a terminal of its own offers at a Tab.</summary>
    private async Task<IEnumerable<string>> ZshAsync(string line, string load, bool known = false)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/zsh"), "there is no zsh here");
        _directory.Write("completion.zsh", (await SignalboxProgram.RunAsync("completion", "zsh")).Expect(0).Out);
        if (!known) Knowing();
        _directory.Write("typed.zsh", $$"""
            zmodload zsh/zpty zsh/zselect
            zpty shell zsh -f -i
            zpty -w shell 'autoload -U compinit; compinit -u -D; {{load}}'
            zpty -w shell 'offers() { compadd() { local -a all; builtin compadd -O all "$@"; print -rl -- "${all[@]}" >> offered; builtin compadd "$@" }; _main_complete "$@"; print -r -- end >> offered }'
            zpty -w shell 'zle -C offers complete-word offers; bindkey "^I" offers; print -r -- "re""ady"'
            zpty -r shell said '*ready*'
            zpty -w -n shell '{{line}}'$'\t'
            for ((turn = 0; turn < 600; turn++)); do [[ -f offered && $(<offered) == *end ]] && break; zselect -t 10; done
            cat offered
            zpty -d shell
            """);
        using var zsh = SignalboxProgram.Start("/usr/bin/zsh", _directory.Path, Surroundings(), "-f", "typed.zsh");
        return (await SignalboxProgram.EndOf(zsh)).Expect(0).Out.Split('\n').Where(offered => offered is not "end");
    }

    private static string Sorted(IEnumerable<string> offered) => string.Join(' ', offered.Select(one => one.Trim()).Where(one => one.Length > 0).Distinct().Order(StringComparer.Ordinal));

    private Dictionary<string, string> Surroundings() => new() { ["PATH"] = $"{_directory.Join("bin")}:{Environment.GetEnvironmentVariable("PATH")}", ["HOME"] = _directory.Path };

    /// <summary>What stands in for the program, beside a file: the names themselves are DeliveryTests'.</summary>
    private void Knowing()
    {
        _directory.Write("some.yaml", "");
        var asked = _directory.Write("bin/signalbox", """
            #!/bin/sh
            case "$*" in
              "complete-names rollouts") echo shop-production-1;; "complete-names services") echo web;;
              "complete-names releases") echo shop-1;; "complete-names applications") echo shop;;
              "complete-names environments") echo production;;
            esac
            """);
        File.SetUnixFileMode(asked, (UnixFileMode)0x1ed);
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
    [InlineData("$(touch${IFS}pwned)")]
    [InlineData("`touch${IFS}pwned`")]
    [InlineData("(touch pwned)")]
    [InlineData("*")]
    public async Task OtherShells_RunNothingOfAName(string name)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/fish") && File.Exists("/usr/bin/zsh"), "there is no fish or no zsh here");
        Knowing();
        _directory.Write("names", name + "\n");
        _directory.Write("bin/signalbox", $"#!/bin/sh\ncat {_directory.Join("names")}\n");
        var script = _directory.Write("completion.fish", (await SignalboxProgram.RunAsync("completion", "fish")).Expect(0).Out);
        using var fish = SignalboxProgram.Start("/usr/bin/fish", _directory.Path, Surroundings(), "--no-config", "-c", $"source {script}; complete -C 'signalbox rollback --to '");
        Assert.Contains(name, (await SignalboxProgram.EndOf(fish)).Expect(0).Out);
        Assert.Contains(name.Split(' ')[0], await ZshAsync("signalbox rollback --to ", "source completion.zsh", known: true));
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
