using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>Names, axes and patterns that another platform refuses or takes for something else.</summary>
public sealed class OddNamesTests
{
    [Theory]
    [InlineData("axis { name 'OS'; values 'linux' }\naxis { name 'OS'; values 'mac' }", "the axis OS that was there before")]
    [InlineData("axis { name 'OS'; values 'linux' }\naxis { name ''; values 'mac' }", "without a name")]
    [InlineData("axis { name 'OS'; values 'linux' }\naxis { name 'NO'; values ([1, 2]) }", "without values that are text")]
    public void AnAxisThatJenkinsRefuses_IsSaidToBeLeft(string axes, string said)
    {
        var (pipeline, log) = PortableRig.Read(Platform.Jenkins, Matrix(axes.Replace("; ", "\n", StringComparison.Ordinal)));
        Assert.Contains(log.Notes, n => n.Kind == Carried.Left && n.What.Contains(said, StringComparison.Ordinal));
        Assert.Equal(["OS"], pipeline.Jobs[0].Matrix!.Names);
        foreach (var platform in PortableRig.Platforms) PortableRig.Read(platform, PortableRig.Write(platform, pipeline).Text);
    }

    [Fact]
    public void AMatrixWithoutAxes_IsNone() =>
        Assert.DoesNotContain("strategy", PortableRig.Write(Platform.GitHubActions, PortableRig.Read(Platform.Jenkins, Matrix("")).Pipeline).Text);

    [Theory]
    [InlineData("paths: ['src/*.[ch]']", "src/*.?", "the pattern src/*.[ch] is src/*.?")]
    [InlineData("paths: ['a [0-9]+/']", "a?*", "which more files fit")]
    [InlineData("paths-ignore: ['a b/**', docs/]", "docs", "of what is ignored is not carried")]
    public void APathThatAzureCannotMatch_StartsItTooOften_AndIsSaid(string filter, string expected, string said)
    {
        var (text, log) = PortableRig.Write(Platform.AzurePipelines, PortableRig.Read(Platform.GitHubActions, $"on:\n  push:\n    {filter}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: a\n").Pipeline);
        Assert.Contains(expected, text);
        Assert.Contains(log.Notes, n => n.Kind != Carried.Whole && n.What.Contains(said, StringComparison.Ordinal));
        Assert.DoesNotContain(" b/", text);
    }

    [Fact]
    public void AJobThatPublishesPages_DoesSoOnGitLabAlone()
    {
        const string source = "pages:\n  script: make\n  artifacts:\n    paths: [public]\n";
        var (pipeline, _) = PortableRig.Read(Platform.GitLab, source);
        var (own, log) = PortableRig.Write(Platform.GitLab, pipeline);
        Assert.Contains("\npages:\n", own);
        Assert.False(log.AnyLeft);
        Assert.Equal(PortableRig.Print(pipeline), PortableRig.Print(PortableRig.Read(Platform.GitLab, own).Pipeline));
        foreach (var platform in PortableRig.Platforms.Where(p => p != Platform.GitLab))
        {
            var (text, left) = PortableRig.Write(platform, pipeline);
            Assert.Contains("left for a person: GitLab Pages", text);
            Assert.True(left.AnyLeft);
        }
    }

    [Fact]
    public void AJobNamedPagesElsewhere_PublishesNothingOnGitLab() =>
        Assert.DoesNotContain("\npages:", PortableRig.Write(Platform.GitLab, PortableRig.Read(Platform.GitHubActions, "on: push\njobs:\n  pages:\n    runs-on: ubuntu-latest\n    steps:\n      - run: a\n").Pipeline).Text);

    [Theory]
    [InlineData("build:html")]
    [InlineData("a: b")]
    public void AJobsName_KeepsItsColon(string name)
    {
        var (text, _) = PortableRig.Write(Platform.GitLab, PortableRig.Read(Platform.GitLab, $"stages: [a, b]\n'{name}':\n  stage: a\n  script: a\nlast:\n  stage: b\n  needs: ['{name}']\n  script: b\n").Pipeline);
        Assert.Equal([name], PortableRig.Read(Platform.GitLab, text).Pipeline.Job("last")!.Needs);
    }

    private static string Matrix(string axes) => $"pipeline {{\n agent any\n stages {{\n stage('s') {{\n matrix {{\n axes {{\n{axes}\n}}\n stages {{\n stage('a') {{\n steps {{\n sh 'a'\n}}\n}}\n}}\n}}\n}}\n}}\n}}\n";
}
