using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>What cannot be said stands as a step that fails, wherever in the pipeline it stood, and cannot become an expression.</summary>
public sealed class LeftValuesTests
{
    private static readonly PortableReference s_unknown = new(ReferenceKind.Foreign, "${something()}", Platform: null);

    public static TheoryData<Platform> Platforms => [.. PortableRig.Platforms];

    [Theory]
    [MemberData(nameof(Platforms))]
    public void AValueOfThePipeline_FailsTheFirstJobs(Platform platform)
    {
        var pipeline = Two() with { Variables = [new("VALUE", PortableText.Of(s_unknown))] };
        var (text, log) = PortableRig.Write(platform, pipeline);
        Assert.True(log.AnyLeft);
        Assert.Single(text.Split("left for a person: the va").Skip(1), t => t.Contains("something()", StringComparison.Ordinal));
        Assert.True(text.IndexOf("left for a person: the va", StringComparison.Ordinal) < text.IndexOf("echo second", StringComparison.Ordinal), text);
    }

    [Theory]
    [MemberData(nameof(Platforms))]
    public void AValueOfAJob_FailsIt(Platform platform)
    {
        var two = Two();
        var (text, log) = PortableRig.Write(platform, two with { Jobs = [two.Jobs[0], two.Jobs[1] with { Variables = [new("VALUE", PortableText.Of(s_unknown))] }] });
        Assert.True(log.AnyLeft);
        Assert.Contains("left for a person: the va", text[text.IndexOf("echo first", StringComparison.Ordinal)..]);
    }

    [Fact]
    public void AForeignName_IsNoExpressionOnGitHub()
    {
        var reference = new PortableReference(ReferenceKind.Foreign, "${{ github.event.issue.title }}", Platform: Platform.Jenkins);
        var pipeline = new PortablePipeline { Triggers = [new(PortableEvent.Push)], Jobs = [new() { Id = "a", Steps = [new RunStep(PortableText.Of([new("echo ", null), new(null, reference)]))] }] };
        var again = PortableRig.Read(Platform.GitHubActions, PortableRig.Write(Platform.GitHubActions, pipeline).Text).Pipeline;
        Assert.Empty(again.Jobs[0].Steps.OfType<RunStep>().SelectMany(s => s.Script.References.Concat(s.Variables.SelectMany(v => v.Value.References))));
        Assert.DoesNotContain("{{ github.event.issue.title }}", PortableRig.Write(Platform.AzurePipelines, pipeline).Text.Replace("${{ '${{' }} github", "", StringComparison.Ordinal));
    }

    [Fact]
    public void BracesInAConditionsText_AreLeftOnAzure()
    {
        var pipeline = new PortablePipeline { Triggers = [new(PortableEvent.Push)], Jobs = [new() { Id = "a", If = new ValueIs(new(ReferenceKind.Setting, "MODE"), "${{ variables.secret }}"), Steps = [new RunStep(PortableText.Of("true"))] }] };
        var (text, log) = PortableRig.Write(Platform.AzurePipelines, pipeline);
        Assert.True(log.AnyLeft);
        Assert.DoesNotContain("condition:", text);
    }

    [Fact]
    public void AValueInAQuotedHereDocument_IsPutInByThePlatform_OrLeft()
    {
        var (pipeline, _) = PortableRig.Read(Platform.GitHubActions, "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          cat > a <<'EOF'\n          ${{ github.sha }} ${{ secrets.TOKEN }}\n          EOF\n");
        Assert.Contains("${{ github.sha }} ${{ secrets.TOKEN }}\n", PortableRig.Write(Platform.GitHubActions, pipeline).Text);
        Assert.Contains("$(Build.SourceVersion) $(TOKEN)\n", PortableRig.Write(Platform.AzurePipelines, pipeline).Text);
        foreach (var platform in (Platform[])[Platform.GitLab, Platform.Jenkins])
        {
            var (text, log) = PortableRig.Write(platform, pipeline);
            Assert.True(log.AnyLeft);
            Assert.Contains("left for a person", text);
        }
    }

    [Fact]
    public void ASecretWithinAText_IsBoundOnJenkins()
    {
        var (pipeline, _) = PortableRig.Read(Platform.GitHubActions, "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    env:\n      A: Bearer ${{ secrets.ONE }}\n    steps:\n      - run: b\n        env:\n          B: Bearer ${{ secrets.TWO }}\n");
        var text = PortableRig.Write(Platform.Jenkins, pipeline).Text;
        Assert.Contains("ONE = credentials('ONE')\n        A = \"Bearer ${env.ONE}\"", text);
        Assert.Contains("withCredentials([string(credentialsId: 'TWO', variable: 'TWO')]) {\n          withEnv([\"B=Bearer ${env.TWO}\"])", text);
    }

    [Fact]
    public void WhatRunsAtTheEndOnJenkins_KeepsItsVariables()
    {
        var two = Two();
        var text = PortableRig.Write(Platform.Jenkins, two with { Jobs = [two.Jobs[0], two.Jobs[1] with { When = RunsWhen.Failed, Timeout = TimeSpan.FromMinutes(5), Variables = [new("VALUE", PortableText.Of("x"))] }] }).Text;
        Assert.Contains("withEnv(['VALUE=x'])", text);
        Assert.Contains("timeout(time: 5, unit: 'MINUTES')", text);
    }

    [Fact]
    public void AGroupOnJenkins_IsALock()
    {
        var two = Two();
        var pipeline = two with { Jobs = [two.Jobs[0] with { Concurrency = new(PortableText.Of("production"), false) }] };
        var (again, log) = PortableRig.Read(Platform.Jenkins, PortableRig.Write(Platform.Jenkins, pipeline).Text);
        Assert.False(log.AnyLeft);
        Assert.Equal("production", again.Jobs[0].Concurrency!.Group!.Literal);
    }

    [Theory]
    [InlineData("H H * * *", "17 3 * * *")]
    [InlineData("@daily", "17 3 * * *")]
    [InlineData("H/15 * * * *", "*/15 * * * *")]
    [InlineData("H(0-29)/10 * * * *", null)]
    [InlineData("TZ=Europe/Berlin\\n0 3 * * *", "0 3 * * *")]
    public void JenkinsTimes_AreOthersTimes_OrLeft(string cron, string? expected)
    {
        var (read, log) = PortableRig.Read(Platform.Jenkins, $"pipeline {{\n  agent any\n  triggers {{ cron('{cron}') }}\n  stages {{ stage('a') {{ steps {{ sh 'a' }} }} }}\n}}\n");
        Assert.Equal(expected is null ? [] : [expected], read.Triggers.Single(t => t.Event == PortableEvent.Schedule).Crons);
        Assert.Equal(expected is null || cron.StartsWith("TZ", StringComparison.Ordinal), log.AnyLeft);
    }

    [Theory]
    [InlineData("options { lock('a') }", false)]
    [InlineData("options { throttle(['a']) }", true)]
    public void AStagesOptions_AreReadOrLeft(string options, bool left) =>
        Assert.Equal(left, PortableRig.Read(Platform.Jenkins, $"pipeline {{\n  agent none\n  stages {{\n    stage('a') {{\n      agent any\n      {options}\n      steps {{ sh 'a' }}\n    }}\n  }}\n}}\n").Log.AnyLeft);

    [Fact]
    public void AChoiceWithoutADefault_HasItsFirstOnGitLab() =>
        Assert.Contains("value: one", PortableRig.Write(Platform.GitLab, Two() with { Inputs = [new("WHICH", null, true, null, ["one", "two"], false)] }).Text);

    [Fact]
    public void AMatrixThatLeavesEverythingOut_Ends()
    {
        var axes = Enumerable.Range(0, 20).Select(i => ($"a{i}", (IReadOnlyList<string>)[.. Enumerable.Range(0, 50).Select(v => $"{v}")])).ToList();
        Assert.Empty(new PortableMatrix(axes, [], [.. axes[0].Item2.Select(v => (IReadOnlyList<(string, string)>)[("a0", v)])]).Combinations());
    }

    private static PortablePipeline Two() => new()
    {
        Triggers = [new(PortableEvent.Push)],
        Jobs =
        [
            new() { Id = "one", Steps = [new CheckoutStep(), new RunStep(PortableText.Of("echo first"))] },
            new() { Id = "two", Needs = ["one"], Steps = [new CheckoutStep(), new RunStep(PortableText.Of("echo second"))] },
        ],
    };
}
