using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>What another platform takes and GitHub or GitLab would refuse with the whole file, or take for something else.</summary>
public sealed class RefusedElsewhereTests
{
    [Fact]
    public void AWindowsScriptOfJenkins_GetsAWindowsMachine()
    {
        var text = Written(Platform.GitHubActions, Platform.Jenkins, Stage("steps {\n echo 'hello'\n bat 'build.cmd'\n}")).Text;
        Assert.Contains("runs-on: windows-latest", text);
        Assert.Contains("shell: cmd", text);
        Assert.Contains("shell: bash", text);
    }

    [Fact]
    public void AnImageThatAVariableNames_TellsTheSystem()
    {
        const string azure = "trigger: none\npr: none\nvariables:\n  image: windows-2022\njobs:\n  - job: a\n    pool:\n      vmImage: $(image)\n    steps:\n      - powershell: build\n      - script: build\n";
        var job = PortableRig.Read(Platform.AzurePipelines, azure).Pipeline.Jobs[0];
        Assert.Equal(RunnerSystem.Windows, job.Runner.System);
        Assert.Equal(["powershell", "cmd"], job.Steps.OfType<RunStep>().Select(s => s.Shell));
        Assert.Contains("runs-on: windows-latest", Written(Platform.GitHubActions, Platform.AzurePipelines, azure).Text);
    }

    [Fact]
    public void AVariableOfAnAzureStage_IsNoSetting()
    {
        const string azure = "trigger: none\npr: none\nstages:\n  - stage: s\n    variables: { php: '8' }\n    jobs:\n      - job: a\n        steps:\n          - bash: a\n            displayName: PHP $(php)\n";
        Assert.Contains("name: PHP ${{ env.php }}", Written(Platform.GitHubActions, Platform.AzurePipelines, azure).Text);
    }

    [Theory]
    [InlineData("powershell", "shell: pwsh", false)]
    [InlineData("cmd", "needs a Windows machine", true)]
    public void AWindowsShellOnLinux_IsTheNearest_OrLeft(string shell, string expected, bool left)
    {
        var (text, log) = PortableRig.Write(Platform.GitHubActions, new() { Triggers = [new(PortableEvent.Push)], Jobs = [new() { Id = "a", Steps = [new RunStep(PortableText.Of("build"), shell)] }] });
        Assert.Contains(expected, text);
        Assert.Equal(left, log.AnyLeft);
        Assert.Contains(log.Notes, n => n.Kind != Carried.Whole);
    }

    [Fact]
    public void AWindowsShellWhereTheMachineIsNotKnown_Stays()
    {
        const string github = "on: push\njobs:\n  a:\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n    runs-on: ${{ matrix.os }}\n    steps:\n      - run: build\n        shell: cmd\n        if: runner.os == 'Windows'\n";
        Assert.Contains("shell: cmd", Written(Platform.GitHubActions, Platform.GitHubActions, github).Text);
    }

    [Fact]
    public void WhatAStageAsksFor_IsAskedForAtTheStart_AndSaid()
    {
        var (text, log) = Written(Platform.GitHubActions, Platform.Jenkins, Stage("input {\n message 'go?'\n parameters {\n string(name: 'FRUIT', defaultValue: 'apple')\n}\n}\n steps {\n echo \"a ${FRUIT}\"\n}"));
        Assert.Contains("      FRUIT:\n", text);
        Assert.Empty(GitHubPlacesTests.Wrong(text));
        Assert.Contains(log.Notes, n => n.Kind == Carried.Changed && n.What.Contains("FRUIT is asked for when the pipeline starts", StringComparison.Ordinal));
    }

    [Fact]
    public void APasswordThatIsAskedFor_IsASecret()
    {
        var (text, log) = Written(Platform.GitHubActions, Platform.Jenkins, $"pipeline {{\n agent any\n parameters {{\n password(name: 'WORD', defaultValue: 'x')\n}}\n stages {{\n stage('a') {{\n steps {{\n sh 'login $WORD'\n}}\n}}\n}}\n}}\n");
        Assert.Contains("WORD: ${{ secrets.WORD }}", text);
        Assert.DoesNotContain("inputs", text);
        Assert.Contains(log.Notes, n => n.Kind == Carried.Changed && n.What.Contains("the password WORD", StringComparison.Ordinal));
    }

    [Fact]
    public void WhatIsExcludedByAnotherAxis_AndAValueGivenTwice_AreSaid()
    {
        var (pipeline, log) = PortableRig.Read(Platform.Jenkins, Stage("matrix {\n axes {\n axis {\n name 'OS'\n values 'linux', 'linux', 'mac'\n}\n}\n excludes {\n exclude {\n axis {\n name 'ARCH'\n values 'arm'\n}\n}\n}\n stages {\n stage('b') {\n steps {\n sh 'b'\n}\n}\n}\n}"));
        Assert.Equal(["linux", "mac"], pipeline.Jobs[0].Matrix!.Axes[0].Values);
        Assert.Empty(pipeline.Jobs[0].Matrix!.Exclude);
        Assert.Contains(log.Notes, n => n.Kind == Carried.Left && n.What.Contains("an axis that it does not have", StringComparison.Ordinal));
        Assert.Contains(log.Notes, n => n.Kind == Carried.Changed && n.What.Contains("linux of the axis OS", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("name: site\n      url: ${{ steps.d.outputs.page }}", "  environment:\n    name: site\n")]
    [InlineData("name: ${{ github.event.action }}", null)]
    public void AnEnvironmentThatGitLabCannotRead_IsLeftOut_AndFails(string environment, string? expected)
    {
        var (text, log) = Written(Platform.GitLab, Platform.GitHubActions, $"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    environment:\n      {environment}\n    steps:\n      - id: d\n        run: a\n");
        Assert.True(log.AnyLeft);
        Assert.Contains("exit 1", text);
        Assert.DoesNotContain("url:", text);
        if (expected is null) Assert.DoesNotContain("environment:", text);
        else Assert.Contains(expected, text);
    }

    [Fact]
    public void WhatStoodInAScriptsText_IsHandedOver()
    {
        var script = PortableText.Of([new("TOKEN=x login \"", null), new(null, new(ReferenceKind.Secret, "TOKEN")), new("\" '", null), new(null, new(ReferenceKind.Axis, "OS")), new("'", null)]);
        var (text, _) = PortableRig.Write(Platform.GitHubActions, new() { Triggers = [new(PortableEvent.Push)], Jobs = [new() { Id = "a", Matrix = new([("OS", ["x"])], [], []), Steps = [new RunStep(script)] }] });
        Assert.Contains("TOKEN=x login \"${TOKEN_2}\" '${{ matrix.OS }}'", text);
        Assert.Contains("TOKEN_2: ${{ secrets.TOKEN }}", text);
    }

    [Fact]
    public void ACacheThatJenkinsDoesNotKeep_LeavesNoEmptyBlock()
    {
        var cache = new CacheStep(PortableText.Of("deps"), [], [], [PortableText.Of("deps")]) { When = RunsWhen.Always, Variables = [new("A", PortableText.Of(new PortableReference(ReferenceKind.PullRequest)))] };
        var text = PortableRig.Write(Platform.Jenkins, new() { Jobs = [new() { Id = "a", Steps = [new CheckoutStep(), cache] }] }).Text;
        Assert.DoesNotContain("withEnv", text);
        Assert.Contains("echo 'nothing to do'", text.Split("always {")[1]);
    }

    [Fact]
    public void AVariableOfAnAzureStep_KeepsItsPlace()
    {
        var step = new RunStep(PortableText.Of("echo $TOKEN")) { Variables = [new("B", PortableText.Of("b")), new("TOKEN", PortableText.Of("t"))] };
        var text = PortableRig.Write(Platform.AzurePipelines, new() { Variables = [new("TOKEN", PortableText.Of(new PortableReference(ReferenceKind.Secret, "X")))], Jobs = [new() { Id = "a", Steps = [step] }] }).Text;
        Assert.Contains("env:\n          B: b\n          TOKEN: t", text);
    }

    private static (string Text, CarriageLog Log) Written(Platform to, Platform from, string text)
    {
        var (pipeline, log) = PortableRig.Read(from, text);
        return (PipelineConversion.Write(to, pipeline, log), log);
    }

    private static string Stage(string body) => $"pipeline {{\n agent any\n stages {{\n stage('a') {{\n {body}\n}}\n}}\n}}\n";
}
