using System.Text.Json;

namespace Signalbox.Cli.Tests;

/// <summary><c>signalbox convert</c> as it is typed.</summary>
public sealed class ConvertTests
{
    private const string Whole = "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: make test\n";

    [Fact]
    public async Task Whole_IsWritten_AndExitsZero()
    {
        using var directory = new TemporaryDirectory();
        var source = directory.Write(".github/workflows/ci.yml", Whole);
        var target = directory.Join(".gitlab-ci.yml");
        var said = (await SignalboxProgram.RunAsync("convert", source, "--to", "gitlab", "--output", target)).Expect(0).Out;
        Assert.Contains($"{source}:7: carried: run make test", said);
        Assert.Contains("0 left for a person", said);
        Assert.Contains("- make test", await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken));
    }

    /// <summary>From the repository's top, and never out of it.</summary>
    [Fact]
    public async Task WhatLiesInTheRepository_IsTakenIn()
    {
        using var directory = new TemporaryDirectory();
        using var elsewhere = new TemporaryDirectory();
        directory.Write(".git/HEAD", "");
        directory.Write("ci/a.yml", "a:\n  script: make a\n");
        directory.Write("ci/deep/b.yml", "b:\n  script: make b\n");
        elsewhere.Write("c.yml", "c:\n  script: make c\n");
        Directory.CreateSymbolicLink(directory.Join("ci/link"), elsewhere.Path);
        directory.Write(".gitlab-ci.yml", "include: ['/ci/**.yml', ci/link/c.yml, ../c.yml]\n");
        var ended = (await SignalboxProgram.RunAsync(directory.Path, null, ["convert", "--to", "github-actions", "--output", "-"])).Expect(1);
        Assert.Contains("run: make a", ended.Out);
        Assert.Contains("run: make b", ended.Out);
        Assert.DoesNotContain("make c", ended.All);
        Assert.Contains(".gitlab-ci.yml:1: left: the included ci/link/c.yml is not carried", ended.Error);
    }

    [Fact]
    public async Task Left_ExitsOne_AndTheStepFails()
    {
        using var directory = new TemporaryDirectory();
        var source = directory.Write("ci.yml", Whole.Replace("      - run: make test", "      - uses: codecov/codecov-action@v5", StringComparison.Ordinal));
        var run = (await SignalboxProgram.RunAsync("convert", source, "--to", "jenkins", "--output", "-", "--format", "json")).Expect(1);
        using var json = JsonDocument.Parse(run.Out);
        Assert.Equal(1, json.RootElement.GetProperty("left").GetInt32());
        Assert.Contains("error('left for a person: codecov/codecov-action@v5')", json.RootElement.GetProperty("pipeline").GetString());
        Assert.Contains(json.RootElement.GetProperty("notes").EnumerateArray(), n => n.GetProperty("kind").GetString() == "left" && n.GetProperty("line").GetInt32() == 7);
    }

    [Fact]
    public async Task AFileThatIsThere_IsNotWrittenOver()
    {
        using var directory = new TemporaryDirectory();
        var source = directory.Write("ci.yml", Whole);
        var target = directory.Write("Jenkinsfile", "mine");
        Assert.Contains("convert-exists", (await SignalboxProgram.RunAsync("convert", source, "--to", "jenkins", "--output", target)).Expect(2).Error);
        Assert.Equal("mine", await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken));
        (await SignalboxProgram.RunAsync("convert", source, "--to", "jenkins", "--output", target, "--force")).Expect(0);
        Assert.StartsWith("pipeline {", await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    /// <summary>A repository may bring a folder that leads out of it; nothing is written there.</summary>
    [Fact]
    public async Task AFolderThatIsALink_IsNotWrittenThrough()
    {
        using var directory = new TemporaryDirectory();
        using var elsewhere = new TemporaryDirectory();
        directory.Write(".gitlab-ci.yml", GitLab);
        directory.Write(".github/keep", "");
        Directory.CreateSymbolicLink(directory.Join(".github/workflows"), elsewhere.Path);
        Assert.Contains("convert-link", (await SignalboxProgram.RunAsync(directory.Path, null, ["convert", ".gitlab-ci.yml", "--to", "github-actions"])).Expect(3).Error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere.Path));
    }

    [Theory]
    [InlineData("on: [", "yaml-")]
    [InlineData("just text", "convert-unknown")]
    public async Task WhatCannotBeRead_ExitsThree(string content, string id)
    {
        using var directory = new TemporaryDirectory();
        var source = directory.Write(id == "yaml-" ? ".github/workflows/a.yml" : "a.yml", content);
        Assert.Contains(id, (await SignalboxProgram.RunAsync("convert", source, "--to", "gitlab", "--output", "-")).Expect(3).Error);
    }

    private const string GitLab = "stages: [build, test]\ncompile:\n  stage: build\n  script: [make]\ntest:\n  stage: test\n  script: [make test]\n";

    /// <summary>Whatever it is called: its stages are names, and those of Azure are mappings.</summary>
    [Fact]
    public async Task AGitLabFileOfAnyName_IsToldByWhatItHolds()
    {
        using var directory = new TemporaryDirectory();
        var written = (await SignalboxProgram.RunAsync("convert", directory.Write("pipeline.yml", GitLab), "--to", "github-actions", "--output", "-")).Expect(0).Out;
        Assert.Contains("run: make test", written);
    }

    [Theory]
    [InlineData("convert-unknown", "seen what is of CircleCI, expected", "version: 2.1\njobs:\n  build:\n    docker: [{ image: 'cimg/go:1.22' }]\n    steps: [checkout]\n")]
    [InlineData("convert-unknown", "seen the keys name, list, expected", "name: x\nlist: [a]\n")]
    [InlineData("convert-ambiguous", "may be a pipeline of azure-pipelines or of gitlab: it holds what is of each; seen the keys steps, test, expected what is of one, or --from", "steps: [{ script: make }]\ntest: { script: make }\n")]
    [InlineData("convert-no-jobs", "nothing is written: its jobs are in what it takes in: ci/build.yml, ci/test.yml; expected at least one job", "include: [/ci/build.yml, { local: ci/test.yml }]\n")]
    public async Task WhatIsNoOnePipeline_IsSaid_AndNothingIsWritten(string id, string said, string content)
    {
        using var directory = new TemporaryDirectory();
        var target = directory.Join("workflow.yml");
        var error = (await SignalboxProgram.RunAsync("convert", directory.Write("a.yml", content), "--to", "github-actions", "--output", target)).Expect(3).Error;
        Assert.Contains($"error[{id}]", error);
        Assert.Contains(said, error);
        Assert.Contains("= help: signalbox convert", error);
        Assert.False(File.Exists(target));
    }

    [Fact]
    public async Task TheWrongPlatform_IsSaid_WithTheRightOne()
    {
        using var directory = new TemporaryDirectory();
        var source = directory.Write("azure-pipelines.yml", GitLab);
        var error = (await SignalboxProgram.RunAsync("convert", source, "--to", "github-actions", "--output", "-")).Expect(3).Error;
        Assert.Contains("by what it holds it is one of gitlab", error);
        Assert.Contains($"signalbox convert {source} --from gitlab --to github-actions", error);
    }

    [Fact]
    public async Task NoFile_ExitsThree() => Assert.Contains("convert-missing", (await SignalboxProgram.RunAsync("convert", "/nowhere/ci.yml", "--to", "gitlab")).Expect(3).Error);
}
