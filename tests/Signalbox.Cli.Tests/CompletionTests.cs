namespace Signalbox.Cli.Tests;

public sealed class CompletionTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("signalbox roll", "rollouts rollback")]
    [InlineData("signalbox rollouts s", "show")]
    [InlineData("signalbox token create --sc", "--scope")]
    public async Task Bash_Completes(string line, string expected)
    {
        var script = _directory.Write("completion.bash", (await SignalboxProgram.RunAsync("completion", "bash")).Expect(0).Out);
        var words = line.Split(' ');
        var probe = $"source {script}; COMP_WORDS=({line}); COMP_CWORD={words.Length - 1}; _signalbox; echo \"${{COMPREPLY[*]}}\"";
        using var bash = SignalboxProgram.Start("/bin/bash", _directory.Path, null, "-c", probe);
        Assert.Equal(expected, (await SignalboxProgram.EndOf(bash)).Expect(0).Out.Trim());
    }

    [Theory]
    [InlineData("zsh", "#compdef signalbox")]
    [InlineData("fish", "complete -c signalbox -f")]
    public async Task OtherShells_GetTheirScript(string shell, string first) =>
        Assert.StartsWith(first, (await SignalboxProgram.RunAsync("completion", shell)).Expect(0).Out, StringComparison.Ordinal);
}
