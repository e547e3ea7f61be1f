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

    [Fact]
    public void AStepOnAnotherNode_IsLeftInItsPlace()
    {
        const string source = "node('linux') {\n stage('Test') {\n  sh 'make test'\n  node('w') { bat 'test.bat' }\n  node { sh 'any' }\n }\n stage('Arm') { node('arm') { sh 'make' } }\n}\n";
        var (pipeline, _) = PortableRig.Read(Platform.Jenkins, source);
        Assert.Equal(["linux", "arm"], pipeline.Jobs.Select(j => Assert.Single(j.Runner.Labels).Literal));
        Assert.Equal(["run make test", "node('w') { bat 'test.bat' }", "run any"], pipeline.Job("Test")!.Steps.Select(LeftStep.Name));
        var (text, log) = PortableRig.Write(Platform.GitHubActions, pipeline);
        Assert.Contains("runs-on: [self-hosted, linux]", text);
        Assert.DoesNotContain("windows-latest", text);
        Assert.Contains("exit 1", text.Split("\n  Arm:")[0]);
        Assert.Contains(log.Notes, n => n.Kind == Carried.Left && n.What == "node('w') { bat 'test.bat' } is not carried");
        Assert.Contains("node('w') { bat 'test.bat' }\n", PortableRig.Write(Platform.Jenkins, pipeline).Text);
    }

    [Theory]
    [InlineData(Platform.GitLab)]
    [InlineData(Platform.Jenkins)]
    [InlineData(Platform.AzurePipelines)]
    public void CombinationsOnAnotherProcessor_AreLeft(Platform to)
    {
        const string matrix = "on: push\njobs:\n  a:\n    strategy: { matrix: { os: [ubuntu-latest, ubuntu-24.04-arm] } }\n    runs-on: ${{ matrix.os }}\n    steps:\n      - run: make\n";
        var (text, notes) = Converted(Platform.GitHubActions, to, matrix);
        Assert.Contains(notes, n => n.Kind == Carried.Left && n.What.Contains("the combinations on ubuntu-24.04-arm are not carried", StringComparison.Ordinal));
        Assert.Contains("left for a person: its combinations on ubuntu-24.04-arm", text);
        Assert.DoesNotContain(Converted(Platform.GitHubActions, to, matrix.Replace("ubuntu-latest", "ubuntu-22.04-arm", StringComparison.Ordinal)).Notes, n => n.Kind == Carried.Left);
    }

    [Theory]
    [InlineData(Platform.GitHubActions)]
    [InlineData(Platform.Jenkins)]
    [InlineData(Platform.AzurePipelines)]
    public void RunnersThatAnAxisNames_AreLeft(Platform to) => Assert.Contains(
        Converted(Platform.GitLab, to, "a:\n  tags: [$ARCH]\n  script: make\n  parallel: { matrix: [{ ARCH: [amd64, arm64] }] }\n").Notes, n => n.Kind == Carried.Left && n.What.Contains("the combinations on arm64 are not carried", StringComparison.Ordinal));

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

    [Theory]
    [InlineData("a:\n  variables: { A: '$[[ inputs.open ]]' }\n  script: make\n")]
    [InlineData("variables: { A: '$[[ inputs.open ]]' }\na:\n  script: make\n")]
    [InlineData("a:\n  image: img:$[[ inputs.open ]]\n  script: make\n")]
    public void AnInputThatNothingSays_FailsItsJob(string jobs)
    {
        foreach (var to in PortableRig.Platforms)
            Assert.Contains("left for a person: $[[ inputs.open ]]", Converted(Platform.GitLab, to, $"spec:\n  inputs:\n    open: {{}}\n---\n{jobs}").Text.Replace("\\$", "$", StringComparison.Ordinal));
    }

    private static string? Script(PortablePipeline pipeline) => pipeline.Jobs[0].Steps.OfType<RunStep>().Single().Script.Literal;

    private static (string Text, IReadOnlyList<CarriageNote> Notes) Converted(Platform from, Platform to, string text)
    {
        var (pipeline, log) = PortableRig.Read(from, text);
        return (PipelineConversion.Write(to, pipeline, log), log.Notes);
    }
}
