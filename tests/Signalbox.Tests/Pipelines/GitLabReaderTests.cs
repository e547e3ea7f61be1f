using Signalbox.Pipelines;
using Signalbox.Pipelines.AzurePipelines;
using Signalbox.Pipelines.GitLab;
using Signalbox.Yaml;

namespace Signalbox.Tests.Pipelines;

public sealed class GitLabReaderTests
{
    [Fact]
    public void Templates_AreMergedKeyByKey_AndReferencesFollowed()
    {
        var gitlab = Read("""
            default:
              image: alpine:3.20
              before_script: [setup]
            .base:
              variables: { A: one, B: two }
              script: [base]
              artifacts: { paths: [out] }
            .more:
              extends: .base
              variables: { B: three }
            build:
              extends: [.more]
              stage: build
              script:
                - !reference [.base, script]
                - - nested
                  - [deeper]
            test:
              inherit: { default: [image] }
              script: test
            """);
        var build = gitlab.Pipeline.Job("build")!;
        Assert.Equal(["setup", "base", "nested", "deeper"], build.Steps.Select(s => s.Script!.Text));
        Assert.Equal([("A", "one"), ("B", "three")], build.Variables.Select(v => (v.Name, v.Value)));
        Assert.Equal("alpine:3.20", build.Container?.Reference);
        Assert.Equal(["test"], gitlab.Pipeline.Job("test")!.Steps.Select(s => s.Script!.Text));
        Assert.Equal(["build"], gitlab.Pipeline.Job("test")!.Needs.Select(n => n.Id));
    }

    [Theory]
    [InlineData("$X =~")]
    [InlineData("($X")]
    [InlineData("&&")]
    public void AConditionThatCannotBeRead_DecidesNothing(string condition) =>
        Assert.True(Read($"job:\n  script: x\n  rules: [{{if: '{condition}'}}]\n").Pipeline.Jobs.Single().Triggers.HasFlag(TriggerKinds.Push));

    [Theory]
    [InlineData("rules: [{if: '$CI_PIPELINE_SOURCE == \"merge_request_event\"'}]", TriggerKinds.PullRequest)]
    [InlineData("rules: [{if: '$CI_COMMIT_TAG'}]", TriggerKinds.Release | TriggerKinds.Manual | TriggerKinds.Called)]
    [InlineData("rules: [{if: '$CI_COMMIT_TAG || ($CI_COMMIT_BRANCH == \"main\" && $CI_PIPELINE_SOURCE != \"schedule\")'}]", TriggerKinds.Release | TriggerKinds.Push | TriggerKinds.Manual | TriggerKinds.Called)]
    [InlineData("rules: [{if: '$CI_MERGE_REQUEST_IID', when: never}, {if: '$CI_COMMIT_BRANCH =~ /^v\\/1/'}]", TriggerKinds.Push | TriggerKinds.Schedule | TriggerKinds.Manual | TriggerKinds.Called)]
    [InlineData("only: [tags]", TriggerKinds.Release)]
    [InlineData("only: [main]\n  except: [schedules]", TriggerKinds.Push | TriggerKinds.Manual | TriggerKinds.Called)]
    public void Conditions_SayWhichPipelinesAJobIsPartOf(string condition, TriggerKinds expected) =>
        Assert.Equal(expected, Read($"job:\n  script: x\n  {condition}\n").Pipeline.Jobs.Single().Triggers);

    [Fact]
    public void CirclesOfTemplatesAndReferences_End()
    {
        var gitlab = Read("a:\n  extends: b\n  script: [!reference [b, script]]\nb:\n  extends: a\n  script: [!reference [a, script]]\n");
        Assert.Equal(2, gitlab.Jobs.Count);
    }

    [Theory]
    [InlineData("ne(variables['Build.Reason'], 'PullRequest')", false)]
    [InlineData("and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))", false)]
    [InlineData("startsWith(variables['Build.SourceBranch'], 'refs/pull/')", true)]
    [InlineData("or(eq(variables.isMain, true), eq(variables['Build.Reason'], 'PullRequest'))", true)]
    [InlineData("eq(variables['x'], 'y')", null)]
    [InlineData("and(((((", null)]
    public void AzureConditions_AreDecidedAsFarAsKnown(string condition, bool? expected) =>
        Assert.Equal(expected, AzureCondition.Decide(condition, TriggerKinds.PullRequest));

    private static GitLabPipeline Read(string yaml)
    {
        var text = new YamlText(yaml);
        return GitLabReader.Read(".gitlab-ci.yml", text, GitLabReader.Root(YamlReader.ReadAll(text).Documents)!);
    }
}
