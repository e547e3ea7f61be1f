using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>What a shell does after a failure, which shell there is, and on which machine a step runs, stay the same or are said.</summary>
public sealed class ShellsAndNodesTests
{
    private static string Azure(string step) => $"trigger: none\npr: none\njobs:\n  - job: a\n    steps:\n      - {step}\n";

    private static string GitHub(string step) => $"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - {step}\n";

    /// <summary>Azure starts no shell with <c>-e</c>: what stands behind a command runs, whether that failed or not.</summary>
    [Theory]
    [InlineData("bash: false; echo go", "set +e\nfalse; echo go")]
    [InlineData("script: test -f x; echo done", "set +e\ntest -f x; echo done")]
    [InlineData("script: (false; echo go)", "set +e\n(false; echo go)")]
    [InlineData("bash: a | b; echo go", "set +eo pipefail\na | b; echo go")]
    [InlineData("bash: a | b", "set +o pipefail\na | b")]
    [InlineData("script: test -f x && echo done || true;", "test -f x && echo done || true;")]
    [InlineData("script: echo a; make", "echo a; make")]
    [InlineData("bash: a | echo b; make", "set +eo pipefail\na | echo b; make")]
    [InlineData("script: make", "make")]
    public void ALineOfAzure_GoesOnWhereItDid(string step, string expected)
    {
        var read = PortableRig.Read(Platform.AzurePipelines, Azure(step)).Pipeline;
        Assert.Equal(expected, Script(read));
        Assert.Equal(expected, Script(PortableRig.Read(Platform.AzurePipelines, PortableRig.Write(Platform.AzurePipelines, read).Text).Pipeline));
        Assert.Contains($"- {step}\n", PortableRig.Write(Platform.AzurePipelines, read).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatAzurePutsIn_EndsNoQuotesOfTheShell() =>
        Assert.Equal("make '${{ x; y'", Script(PortableRig.Read(Platform.AzurePipelines, Azure("script: make '${{ '${{' }} x; y'")).Pipeline));

    [Theory]
    [InlineData("run: false; echo go", "set -e\n")]
    [InlineData("run: false && echo go", null)]
    public void ALineThatStops_StopsOnAzure(string step, string? begins)
    {
        var (pipeline, _) = PortableRig.Read(Platform.GitHubActions, GitHub(step));
        var text = PortableRig.Write(Platform.AzurePipelines, pipeline).Text;
        Assert.Equal(begins is not null, text.Contains("set -e\n", StringComparison.Ordinal));
        Assert.Equal(Script(pipeline), Script(PortableRig.Read(Platform.AzurePipelines, text).Pipeline));
    }

    /// <summary>GitHub's default in a container is sh, and Alpine has no bash.</summary>
    [Theory]
    [InlineData("image: alpine:3", "sh -e \"$RUNNER_TEMP/tried\"")]
    [InlineData("variables: { A: b }", "bash -e \"$RUNNER_TEMP/tried\"")]
    public void WhatIsTriedAgainOnGitHub_IsStartedByTheShellThatIsThere(string job, string expected) =>
        Assert.Contains($"do {expected}", Converted(Platform.GitLab, Platform.GitHubActions, $"a:\n  {job}\n  retry: 2\n  script: make\n").Text);

    [Theory]
    [InlineData(Platform.GitLab, "{ runs-on: windows-latest, steps: [{ shell: bash, run: ls }] }")]
    [InlineData(Platform.GitLab, "{ runs-on: windows-latest, steps: [{ shell: python, run: ls }] }")]
    [InlineData(Platform.AzurePipelines, "{ runs-on: ubuntu-latest, steps: [{ shell: perl, run: ls }] }")]
    [InlineData(Platform.Jenkins, "{ runs-on: ubuntu-latest, steps: [{ shell: perl, run: ls }] }")]
    public void AScriptThatIsLeft_IsNotCalledCarried(Platform to, string job)
    {
        var (text, notes) = Converted(Platform.GitHubActions, to, $"on: push\njobs:\n  a: {job}\n");
        Assert.Contains(notes, n => n.Kind == Carried.Left && n.What.StartsWith("a script for the shell", StringComparison.Ordinal));
        Assert.DoesNotContain(notes, n => n.Kind == Carried.Whole && n.What == "run ls");
        Assert.Contains("left for a person: a script for the shell", text);
    }

    private static string? Script(PortablePipeline pipeline) => pipeline.Jobs[0].Steps.OfType<RunStep>().Single().Script.Literal;

    private static (string Text, IReadOnlyList<CarriageNote> Notes) Converted(Platform from, Platform to, string text)
    {
        var (pipeline, log) = PortableRig.Read(from, text);
        return (PipelineConversion.Write(to, pipeline, log), log.Notes);
    }
}
