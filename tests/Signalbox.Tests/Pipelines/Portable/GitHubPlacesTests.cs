using CsCheck;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Pipelines.GitHubActions.Expressions.Types;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>GitHub has not every context at every place: what is written there stands for the same without it, or is left.</summary>
public sealed class GitHubPlacesTests
{
    [Fact]
    public void Generated_UsesOnlyWhatIsThere() => RichGen.Pipeline.Sample(pipeline =>
    {
        var text = PortableRig.Write(Platform.GitHubActions, pipeline).Text;
        var wrong = Wrong(text);
        Assert.True(wrong.Count == 0, $"{string.Join('\n', wrong)}\n{text}");
    }, iter: 200, print: PortableRig.Print);

    [Theory]
    [InlineData("variables: { A: a, B: $A-b }\nx: { script: x }\n", "B: a-b")]
    [InlineData("variables: { A: a }\nx: { script: x, variables: { B: $A-b } }\n", "B: a-b")]
    [InlineData("variables: { IMAGE: alpine }\nx: { script: x, image: \"$IMAGE:3\" }\n", "image: alpine:3")]
    [InlineData("variables: { WHERE: prod }\nx: { script: x, environment: { name: $WHERE, url: \"https://$WHERE.example.com\" } }\n", "name: prod")]
    [InlineData("variables: { WHERE: prod }\nx: { script: x, resource_group: $WHERE }\n", "group: prod")]
    [InlineData("variables: { GO: \"no\" }\nx: { script: x, rules: [{ if: $GO == \"yes\" }] }\n", "if: (vars.GO || 'no') == 'yes'")]
    [InlineData("variables: { A: $B, B: x }\ny: { script: y, variables: { B: z } }\n", "    env:\n      A: z\n      B: z")]
    [InlineData("variables: { A: $A-b }\nx: { script: x }\n", "        env:\n          A: ${{ env.A }}-b")]
    public void AVariable_IsWhatItStandsFor(string gitlab, string expected)
    {
        var (text, log) = PortableRig.Write(Platform.GitHubActions, PortableRig.Read(Platform.GitLab, gitlab).Pipeline);
        Assert.Contains(expected, text);
        Assert.Empty(Wrong(text));
        Assert.False(log.AnyLeft, text);
    }

    [Fact]
    public void WhatOnlyAStepHas_IsSetInEachStep_AndSaid()
    {
        var (pipeline, _) = PortableRig.Read(Platform.AzurePipelines, "trigger: none\npr: none\nvariables:\n  WHERE: $(Agent.TempDirectory)/x\njobs:\n  - job: a\n    steps:\n      - bash: ls $(WHERE)\n      - bash: ls $(WHERE)\n");
        var (text, log) = PortableRig.Write(Platform.GitHubActions, pipeline);
        Assert.Equal(3, text.Split("WHERE: ${{ runner.temp }}/x").Length);
        Assert.Empty(Wrong(text));
        Assert.Contains(log.Notes, n => n.Kind == Carried.Changed && n.What.Contains("WHERE is set in each step", StringComparison.Ordinal));
    }

    [Fact]
    public void AConditionThatTheRepositoryMayChange_IsSaid()
    {
        var (pipeline, _) = PortableRig.Read(Platform.GitLab, "variables: { GO: \"no\" }\nx: { script: x, rules: [{ if: $GO == \"yes\" }] }\n");
        Assert.Contains(PortableRig.Write(Platform.GitHubActions, pipeline).Log.Notes, n => n.Kind == Carried.Changed && n.What.Contains("its condition looks at GO", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ReferenceKind.Secret)]
    [InlineData(ReferenceKind.RunnerSystem)]
    [InlineData(ReferenceKind.Axis)]
    public void WhatAJobsConditionCannotSee_IsLeft(ReferenceKind kind)
    {
        var job = new PortableJob { Id = "a", If = new ValueIs(new(kind, kind == ReferenceKind.RunnerSystem ? null : "X"), "x"), Matrix = new([("X", ["x"])], [], []), Steps = [new RunStep(PortableText.Of("true"))] };
        var (text, log) = PortableRig.Write(Platform.GitHubActions, new() { Triggers = [new(PortableEvent.Push)], Jobs = [job] });
        Assert.True(log.AnyLeft);
        Assert.Contains("exit 1", text);
        Assert.Empty(Wrong(text));
    }

    [Fact]
    public void VariablesThatNameEachOther_ComeToAnEnd()
    {
        // each names the one before it twice, and the first the last
        var many = Enumerable.Range(1, 200).Select(i => new PortableVariable($"V{i}", PortableText.Of([new(null, Named((i + 199) % 200)), new("-", null), new(null, Named((i + 199) % 200))])));
        var pipeline = new PortablePipeline { Triggers = [new(PortableEvent.Push)], Variables = [.. many, new("V0", PortableText.Of(Named(199)))], Jobs = [new() { Id = "a", Steps = [new RunStep(PortableText.Of("true"))] }] };
        Assert.Empty(Wrong(PortableRig.Write(Platform.GitHubActions, pipeline).Text));

        static PortableReference Named(int i) => new(ReferenceKind.Variable, $"V{i}");
    }

    /// <summary>Every expression of a workflow that GitHub would refuse where it stands.</summary>
    internal static IReadOnlyList<string> Wrong(string text)
    {
        var source = new YamlText(text);
        var read = YamlReader.ReadAll(source);
        Assert.Empty(read.Problems);
        var workflow = GitHubReader.ReadWorkflow("pipeline.yml", source, (YamlMapping)read.Documents[0]!);
        var scopes = new WorkflowScopes(workflow, new NoOutputs());
        return [.. workflow.Expressions.SelectMany(e => e.Parts.SelectMany(p => p.Problem is { } problem ? [problem.Message] : TypeChecker.Check(p.Root!, scopes.Of(e)).Problems.Select(w => w.Message).ToArray()).Select(m => $"{e.Place.Key}: {m}"))];
    }

    private sealed class NoOutputs : IUsedOutputs
    {
        public IReadOnlyList<string>? OfAction(UsedCode uses) => null;

        public IReadOnlyList<string>? OfWorkflow(UsedCode uses) => null;
    }
}
