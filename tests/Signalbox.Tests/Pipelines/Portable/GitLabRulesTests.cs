using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>What lets a job of GitLab run, with what only GitLab can say in it.</summary>
public sealed class GitLabRulesTests
{
    [Fact]
    public void WhatIsHalfUnderstood_LosesNothingOnGitLab()
    {
        var read = Read("a:\n  script: a\n  rules:\n    - if: $CI_COMMIT_BRANCH == \"main\"\n      when: never\n    - if: $MODE =~ /x/\n");
        Assert.Contains("($MODE =~ /x/) && $CI_COMMIT_BRANCH != \"main\"", PortableRig.Write(Platform.GitLab, read).Text);
    }

    [Fact]
    public void TheOppositeOfWhatIsNotUnderstood_IsLeft_NotTurnedRound()
    {
        var (text, log) = PortableRig.Write(Platform.GitLab, Read("a:\n  script: a\n  except:\n    variables: [$MODE =~ /x/]\n"));
        Assert.True(log.AnyLeft);
        Assert.DoesNotContain("if: $MODE", text);
        Assert.Contains("exit 1", text);
    }

    [Theory]
    [InlineData("only:\n    refs: [main]\n    variables: [$GO == \"yes\", $NOW == \"1\"]", "if: $CI_COMMIT_BRANCH == \"main\" && ($GO == \"yes\" || $NOW == \"1\")", "github.ref == 'refs/heads/main' && (vars.GO == 'yes' || vars.NOW == '1')")]
    [InlineData("except:\n    refs: [main]\n    variables: [$GO]", "if: $CI_COMMIT_BRANCH != \"main\" && ($GO == \"\" || $GO == null)", "github.ref != 'refs/heads/main' && vars.GO == ''")]
    [InlineData("only:\n    variables: [$GO]", "if: $GO\n", "if: vars.GO != ''")]
    [InlineData("rules:\n    - if: $GO == null", "if: ($GO == \"\" || $GO == null)", "if: vars.GO == ''")]
    public void OnlyAndExcept_AreConditions(string rule, string gitlab, string github)
    {
        var read = Read($"a:\n  script: a\n  {rule}\n");
        var (text, log) = PortableRig.Write(Platform.GitLab, read);
        Assert.Contains(gitlab, text);
        Assert.False(log.AnyLeft);
        Assert.Equal(PortableRig.Print(read.Jobs[0].If), PortableRig.Print(Read(text).Jobs[0].If));
        Assert.Contains(github, PortableRig.Write(Platform.GitHubActions, read).Text);
        foreach (var platform in PortableRig.Platforms) Assert.Equal(PortableRig.Print(read.Jobs[0].If), PortableRig.Print(PortableRig.Read(platform, PortableRig.Write(platform, read).Text).Pipeline.Jobs[0].If));
    }

    [Fact]
    public void AClustersPresence_IsGitLabsOwn()
    {
        var read = Read("a:\n  script: a\n  only:\n    refs: [main]\n    kubernetes: active\n");
        Assert.Contains("$CI_COMMIT_BRANCH == \"main\" && ($CI_KUBERNETES_ACTIVE)", PortableRig.Write(Platform.GitLab, read).Text);
        Assert.Contains("exit 1", PortableRig.Write(Platform.GitHubActions, read).Text);
    }

    private static PortablePipeline Read(string text) => PortableRig.Read(Platform.GitLab, text).Pipeline;
}
