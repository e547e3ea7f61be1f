using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>Where two platforms mean different things by what looks alike, the written pipeline means what the one that was read does.</summary>
public sealed class SameMeaningTests
{
    private const string GitHubChain =
        "on: [push, pull_request]\njobs:\n  build:\n    if: github.ref == 'refs/heads/main'\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n"
        + "  deploy:\n    needs: build\n    runs-on: ubuntu-latest\n    steps:\n      - run: ./deploy\n";

    private const string GitLabChain =
        "stages: [build, test]\nworkflow:\n  rules:\n    - if: $CI_PIPELINE_SOURCE == \"push\"\nbuild:\n  stage: build\n  rules:\n    - if: $CI_COMMIT_BRANCH == \"main\"\n  script: make\ntest:\n  stage: test\n  script: make test\n";

    [Fact]
    public void WhatGitHubSkipsWithItsNeed_IsNotRunElsewhere()
    {
        Assert.Contains("deploy:\n  stage: deploy\n  rules:\n    - if: $CI_COMMIT_BRANCH == \"main\"", Converted(Platform.GitHubActions, GitHubChain, Platform.GitLab).Text);
        var deploy = Converted(Platform.GitHubActions, GitHubChain, Platform.Jenkins).Text.Split("stage('deploy')")[1];
        Assert.Contains("branch 'main'", deploy);
        Assert.Equal(PortableRig.Print(Read(Platform.GitHubActions, GitHubChain)), PortableRig.Print(Read(Platform.GitHubActions, Converted(Platform.GitHubActions, GitHubChain, Platform.GitHubActions).Text)));
    }

    [Theory]
    [InlineData("github.ref == 'refs/heads/main'", "always()")]
    [InlineData("github.ref == 'refs/heads/main'", "!failure() && !cancelled()")]
    public void WhatGitHubRunsAllTheSame_HasNoConditionOfItsNeeds(string build, string deploy)
    {
        var read = Read(Platform.GitHubActions, GitHubChain.Replace("    needs: build\n", $"    needs: build\n    if: ${{{{ {deploy} }}}}\n", StringComparison.Ordinal).Replace("github.ref == 'refs/heads/main'", build, StringComparison.Ordinal));
        Assert.Null(read.Job("deploy")!.If);
    }

    [Fact]
    public void WhatGitLabRunsWithoutTheJobBefore_RunsOnGitHubAndAzure()
    {
        Assert.Contains("if: ${{ !failure() && !cancelled() }}", Converted(Platform.GitLab, GitLabChain, Platform.GitHubActions).Text.Split("\n  test:")[1]);
        Assert.Contains("condition: and(not(failed()), not(canceled()))", Converted(Platform.GitLab, GitLabChain, Platform.AzurePipelines).Text.Split("- job: test")[1]);
        foreach (var by in (Platform[])[Platform.GitHubActions, Platform.AzurePipelines])
            Assert.Null(Read(by, Converted(Platform.GitLab, GitLabChain, by).Text).Job("test")!.If);
    }

    [Fact]
    public void ANeedThatRulesMayLeaveOut_IsOptionalOnGitLab()
    {
        var text = Converted(Platform.GitLab, GitLabChain.Replace("  stage: test\n", "  stage: test\n  needs: [build, lint]\n", StringComparison.Ordinal) + "lint:\n  stage: build\n  script: lint\nmore:\n  stage: build\n  script: more\n", Platform.GitLab).Text;
        Assert.Contains("- job: build\n        optional: true\n", text.Replace("      ", "    ", StringComparison.Ordinal).Replace("    optional", "        optional", StringComparison.Ordinal));
        Assert.Contains("- lint\n", text);
    }

    [Theory]
    [InlineData("failure() && !cancelled()", RunsWhen.Failed)]
    [InlineData("!cancelled() && failure()", RunsWhen.Failed)]
    [InlineData("failure() && always()", RunsWhen.Failed)]
    [InlineData("always() && !cancelled()", RunsWhen.Finished)]
    [InlineData("success() && !cancelled()", RunsWhen.Succeeded)]
    [InlineData("!failure() && !cancelled()", RunsWhen.Succeeded)]
    public void SeveralEndsOnGitHub_AreThoseThatAllAllow(string condition, RunsWhen when)
    {
        var job = Read(Platform.GitHubActions, $"on: push\njobs:\n  a:\n    if: ${{{{ {condition} }}}}\n    runs-on: ubuntu-latest\n    steps:\n      - run: a\n").Jobs[0];
        Assert.Equal((when, null), (job.When, job.If));
    }

    [Fact]
    public void EndsThatNeverMeet_AreNotRead() =>
        Assert.IsType<RawCondition>(Read(Platform.GitHubActions, "on: push\njobs:\n  a:\n    if: success() && failure()\n    runs-on: ubuntu-latest\n    steps:\n      - run: a\n").Jobs[0].If);

    [Theory]
    [InlineData("eq(variables['MODE'], 'full')", RunsWhen.Always)]
    [InlineData("and(succeeded(), eq(variables['MODE'], 'full'))", RunsWhen.Succeeded)]
    [InlineData("and(not(canceled()), eq(variables['MODE'], 'full'))", RunsWhen.Finished)]
    [InlineData("and(not(failed()), not(canceled()), eq(variables['MODE'], 'full'))", RunsWhen.Succeeded)]
    [InlineData("and(failed(), always(), eq(variables['MODE'], 'full'))", RunsWhen.Failed)]
    public void AConditionOnAzure_TakesThePlaceOfSucceeded(string condition, RunsWhen when)
    {
        var job = Read(Platform.AzurePipelines, $"trigger: none\npr: none\njobs:\n  - job: a\n    condition: {condition}\n    steps:\n      - script: a\n").Jobs[0];
        Assert.Equal(when, job.When);
        Assert.IsType<ValueIs>(job.If);
    }

    [Fact]
    public void RollingBackOnAzure_RunsAfterAFailureAlone()
    {
        const string text = "trigger: none\npr: none\njobs:\n  - deployment: a\n    environment: production\n    strategy:\n      runOnce:\n        deploy:\n          steps:\n            - script: ./deploy\n        on:\n          failure:\n            steps:\n              - script: ./undo\n";
        Assert.Equal([RunsWhen.Succeeded, RunsWhen.Failed], Read(Platform.AzurePipelines, text).Jobs[0].Steps.OfType<RunStep>().Select(s => s.When));
    }

    [Fact]
    public void AnInsertionOnAzure_IsAConditionOfWhatStandsInIt()
    {
        const string text = "trigger: none\npr: none\nparameters:\n  - name: full\n    type: boolean\n    default: false\njobs:\n  - job: a\n    steps:\n      - script: one\n      - ${{ if eq(parameters.full, true) }}:\n          - script: two\n";
        Assert.Equal([null, new ValueIs(new(ReferenceKind.Input, "full"), "true")], Read(Platform.AzurePipelines, text).Jobs[0].Steps.OfType<RunStep>().Select(s => s.If));
    }

    [Fact]
    public void AStageLeftOutOnAzure_TakesTheNextAlong_AndAJobOfItDoesNot()
    {
        const string text = "trigger: [main]\npr: none\nstages:\n  - stage: one\n    condition: and(succeeded(), eq(variables['MODE'], 'full'))\n    jobs:\n      - job: a\n        condition: and(succeeded(), eq(variables['A'], 'yes'))\n        steps:\n          - script: a\n      - job: b\n        dependsOn: a\n        steps:\n          - script: b\n  - stage: two\n    jobs:\n      - job: c\n        steps:\n          - script: c\n";
        var read = Read(Platform.AzurePipelines, text);
        Assert.Equal(2, Assert.IsType<AllOf>(read.Job("b")!.If).Parts.Count);
        Assert.Equal(new ValueIs(new(ReferenceKind.Setting, "MODE"), "full"), read.Job("c")!.If);
    }

    [Fact]
    public void AFolderOnAzure_IsAllInIt() =>
        Assert.Equal(["src", "src/**", "a/b/**", "x.cs"], Read(Platform.AzurePipelines, "trigger:\n  branches: { include: [main] }\n  paths: { include: [src, a/b/*, x.cs] }\npr: none\nsteps:\n  - script: a\n").Triggers[0].Paths);

    [Theory]
    [InlineData("src/**", "src/**/*")]
    [InlineData("**.js", "**/*.js")]
    [InlineData("docs/**/*.md", "docs/**/*.md")]
    public void TwoStarsAtTheEnd_AreEveryFileOnGitLab(string github, string gitlab)
    {
        var text = Converted(Platform.GitHubActions, $"on:\n  push:\n    paths: ['{github}']\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: a\n", Platform.GitLab).Text;
        Assert.Contains($"'{gitlab}'", text.Replace($"[{gitlab}]", $"'{gitlab}'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("v[0-9]+.[0-9]+", @"/^v[0-9]+\.[0-9]+$/")]
    [InlineData("v[0-9]*", @"/^v[0-9][^\/]*$/")]
    public void SetsInPatterns_AreSetsElsewhere(string github, string gitlab)
    {
        var pushed = $"on:\n  push:\n    tags: ['{github}']\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: a\n";
        var (text, log) = Converted(Platform.GitHubActions, pushed, Platform.GitLab);
        Assert.Contains($"$CI_COMMIT_TAG =~ {gitlab}", text);
        Assert.False(log.AnyLeft);
        Assert.Equal([github], Read(Platform.GitLab, text).Triggers[0].Tags);
        Assert.True(Converted(Platform.GitHubActions, pushed, Platform.AzurePipelines).Log.AnyLeft);
    }

    [Fact]
    public void DigitsInGitLabsPatterns_AreASet() =>
        Assert.Contains("startsWith", Converted(Platform.GitLab, "a:\n  script: a\n  rules:\n    - if: $CI_COMMIT_TAG =~ /^v/\n", Platform.GitHubActions).Text
            + (Read(Platform.GitLab, "a:\n  script: a\n  rules:\n    - if: $CI_COMMIT_TAG =~ /^v\\d+\\.\\d+$/\n").Jobs[0].If is RefIs { Tag: true, Pattern: "v[0-9]+.[0-9]+" } ? "" : throw new InvalidOperationException("no set")));

    [Fact]
    public void AnOddPattern_IsSaidToBeLeft() =>
        Assert.Contains(Log(Platform.GitHubActions, "on:\n  push:\n    branches: ['a?b']\njobs: {}\n").Notes, n => n.Kind == Carried.Left && n.What.Contains("a?b", StringComparison.Ordinal));

    [Fact]
    public void EndingOlderRunsByAnExpression_EndsNone()
    {
        const string text = "on: push\nconcurrency:\n  group: a\n  cancel-in-progress: ${{ github.event_name == 'pull_request' }}\njobs: {}\n";
        Assert.False(Read(Platform.GitHubActions, text).Concurrency!.CancelsRunning);
        Assert.Contains(Log(Platform.GitHubActions, text).Notes, n => n.Kind == Carried.Changed);
    }

    [Fact]
    public void JobsWithoutRulesOnGitLab_AreNotForMergeRequests()
    {
        var read = Read(Platform.GitLab, "a:\n  script: a\nb:\n  script: b\n  rules:\n    - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"\n");
        Assert.Equal(new Not(new EventIs(PortableEvent.PullRequest)), read.Job("a")!.If);
    }

    [Fact]
    public void WhatAPersonMayStartOnGitLab_IsNotWaitedFor()
    {
        const string text = "stages: [review, test]\nshow:\n  stage: review\n  when: manual\n  script: show\ntest:\n  stage: test\n  script: test\n";
        Assert.Empty(Read(Platform.GitLab, text).Job("test")!.Needs);
        Assert.DoesNotContain("needs", Converted(Platform.GitLab, text, Platform.GitLab).Text);
    }

    [Fact]
    public void AServicesHost_IsItsImagesName()
    {
        const string text = "a:\n  image: node:20\n  services: [postgres:16, acme/redis:7]\n  script: a\n";
        Assert.Equal(["postgres", "acme-redis"], Read(Platform.GitLab, text).Jobs[0].Services.Select(s => s.Alias));
        Assert.Contains("postgres:\n        image: postgres:16", Converted(Platform.GitLab, text, Platform.GitHubActions).Text);
    }

    [Fact]
    public void TwoTriggersOfOneEvent_AreOneKeyOnGitHub()
    {
        var (text, log) = Converted(Platform.GitLab, "workflow:\n  rules:\n    - if: $CI_COMMIT_BRANCH\n      changes: [a]\n    - if: $CI_COMMIT_TAG\na:\n  script: a\n", Platform.GitHubActions);
        Assert.Single(text.Split("\n  push:").Skip(1));
        Assert.True(log.AnyLeft);
    }

    [Theory]
    [InlineData("include: /ci/build.yml\na:\n  script: a\n", "/ci/build.yml")]
    [InlineData("workflow:\n  rules:\n    - if: $CI_COMMIT_BRANCH\n      variables: { A: b }\na:\n  script: a\n", "variables:")]
    [InlineData("workflow:\n  rules:\n    - changes: [a]\n      when: never\n    - when: always\na:\n  script: a\n", "changes:")]
    [InlineData("a:\n  script: a\n  needs:\n    - project: x/y\n      job: b\n      ref: main\n      artifacts: true\n", "another pipeline")]
    public void WhatGitLabSaysElsewhere_IsSaidToBeLeft(string text, string what) =>
        Assert.Contains(Log(Platform.GitLab, text).Notes, n => n.Kind == Carried.Left && n.What.Contains(what, StringComparison.Ordinal));

    [Fact]
    public void AGitLabTokensAudience_IsKept()
    {
        const string text = "a:\n  id_tokens:\n    T:\n      aud: https://example.com\n  script: a\n";
        Assert.Contains("aud: https://example.com", Converted(Platform.GitLab, text, Platform.GitLab).Text);
        Assert.Contains("id-token: write", Converted(Platform.GitLab, text, Platform.GitHubActions).Text);
    }

    [Fact]
    public void AWorkflowOfTheRepository_IsAChildPipelineOnGitLab_AndBack()
    {
        const string github = "on: push\njobs:\n  a:\n    uses: ./.github/workflows/build.yml\n    with:\n      target: all\n";
        var (text, log) = Converted(Platform.GitHubActions, github, Platform.GitLab);
        Assert.False(log.AnyLeft, text);
        Assert.Contains("local: /.gitlab/build.yml", text);
        Assert.Contains("strategy: depend", text);
        Assert.Contains("target: all", text);
        Assert.Contains(log.Notes, n => n.Nearest == "signalbox convert .github/workflows/build.yml --to gitlab --output .gitlab/build.yml");
        Assert.Contains("uses: ./.github/workflows/b.yml", Converted(Platform.GitLab, "a:\n  trigger:\n    include: /ci/b.yml\n", Platform.GitHubActions).Text);
        Assert.Contains("if: $CI_PIPELINE_SOURCE =~ /^(parent_)?pipeline$/", Converted(Platform.GitHubActions, "on: workflow_call\njobs: {}\n", Platform.GitLab).Text);
        Assert.Contains("exit 1", Converted(Platform.GitHubActions, "on: push\njobs:\n  a:\n    uses: a/b/.github/workflows/build.yml@v1\n", Platform.GitLab).Text);
    }

    private static PortablePipeline Read(Platform platform, string text) => PortableRig.Read(platform, text).Pipeline;

    private static CarriageLog Log(Platform platform, string text) => PortableRig.Read(platform, text).Log;

    private static (string Text, CarriageLog Log) Converted(Platform from, string text, Platform to) => PortableRig.Write(to, Read(from, text));
}
