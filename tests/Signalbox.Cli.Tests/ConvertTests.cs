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

    [Theory]
    [InlineData("on: [", "yaml-")]
    [InlineData("just text", "convert-unknown")]
    public async Task WhatCannotBeRead_ExitsThree(string content, string id)
    {
        using var directory = new TemporaryDirectory();
        var source = directory.Write(id == "yaml-" ? ".github/workflows/a.yml" : "a.yml", content);
        Assert.Contains(id, (await SignalboxProgram.RunAsync("convert", source, "--to", "gitlab", "--output", "-")).Expect(3).Error);
    }

    [Fact]
    public async Task NoFile_ExitsThree() => Assert.Contains("convert-missing", (await SignalboxProgram.RunAsync("convert", "/nowhere/ci.yml", "--to", "gitlab")).Expect(3).Error);
}
