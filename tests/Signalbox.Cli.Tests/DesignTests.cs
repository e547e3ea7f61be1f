using System.Text.Json;

namespace Signalbox.Cli.Tests;

/// <summary><c>signalbox design</c> as it is typed.</summary>
public sealed class DesignTests
{
    private const string Package = """{ "name": "shop", "scripts": { "test": "node --test" } }""";

    private const string File = ".github/workflows/pipeline.yml";

    private static async Task<TemporaryDirectory> RepositoryAsync(string? remote = "git@github.com:acme/shop.git")
    {
        var directory = new TemporaryDirectory();
        directory.Write("package.json", Package);
        directory.Write("package-lock.json", "{}");
        await GitAsync(directory, "init", "-q");
        if (remote is not null) await GitAsync(directory, "remote", "add", "origin", remote);
        return directory;
    }

    private static async Task GitAsync(TemporaryDirectory directory, params string[] arguments)
    {
        using var git = SignalboxProgram.Start("git", directory.Path, new Dictionary<string, string>(), arguments);
        (await SignalboxProgram.EndOf(git)).Expect(0);
    }

    [Fact]
    public async Task Remote_SaysThePlatform_AndTheFileIsWritten()
    {
        using var directory = await RepositoryAsync();
        Assert.Contains("written", (await SignalboxProgram.RunAsync("design", directory.Path)).Expect(0).Out);
        Assert.Contains("--test-coverage-lines=80", await System.IO.File.ReadAllTextAsync(directory.Join(File), TestContext.Current.CancellationToken));
        Assert.Contains("unchanged", (await SignalboxProgram.RunAsync("design", directory.Path, "--check")).Expect(0).Out);
    }

    [Fact]
    public async Task PeoplesChanges_AreKept_WhenTheDesignChanges()
    {
        using var directory = await RepositoryAsync();
        (await SignalboxProgram.RunAsync("design", directory.Path)).Expect(0);
        var text = await System.IO.File.ReadAllTextAsync(directory.Join(File), TestContext.Current.CancellationToken);
        directory.Write(File, text.Replace("name: deliver\n", "name: ours\n", StringComparison.Ordinal));
        (await SignalboxProgram.RunAsync("design", directory.Path, "--check")).Expect(0);
        Assert.Contains("merged", (await SignalboxProgram.RunAsync("design", directory.Path, "--set", "coverage=90")).Expect(0).Out);
        var merged = await System.IO.File.ReadAllTextAsync(directory.Join(File), TestContext.Current.CancellationToken);
        Assert.Contains("name: ours\n", merged);
        Assert.Contains("--test-coverage-lines=90", merged);
        // the choice is remembered
        Assert.Contains("unchanged", (await SignalboxProgram.RunAsync("design", directory.Path)).Expect(0).Out);
    }

    [Fact]
    public async Task Check_WhereTheDesignHasMoved_ExitsOne_AndWritesNothing()
    {
        using var directory = await RepositoryAsync();
        Assert.Contains("design-drifted", (await SignalboxProgram.RunAsync("design", directory.Path, "--check")).Expect(1).Error);
        Assert.False(Path.Exists(directory.Join(File)));
        (await SignalboxProgram.RunAsync("design", directory.Path)).Expect(0);
        directory.Write("package.json", Package.Replace("{ \"test\"", "{ \"build\": \"tsc\", \"test\"", StringComparison.Ordinal));
        var before = await System.IO.File.ReadAllTextAsync(directory.Join(File), TestContext.Current.CancellationToken);
        Assert.Contains("design-drifted", (await SignalboxProgram.RunAsync("design", directory.Path, "--check")).Expect(1).Error);
        Assert.Equal(before, await System.IO.File.ReadAllTextAsync(directory.Join(File), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task TheSameLineChangedTwice_IsAConflict_AndNothingIsWritten()
    {
        using var directory = await RepositoryAsync();
        (await SignalboxProgram.RunAsync("design", directory.Path)).Expect(0);
        var text = (await System.IO.File.ReadAllTextAsync(directory.Join(File), TestContext.Current.CancellationToken)).Replace("--test-coverage-lines=80", "--test-coverage-lines=70", StringComparison.Ordinal);
        directory.Write(File, text);
        Assert.Contains("design-conflict", (await SignalboxProgram.RunAsync("design", directory.Path, "--set", "coverage=90")).Expect(1).Error);
        Assert.Equal(text, await System.IO.File.ReadAllTextAsync(directory.Join(File), TestContext.Current.CancellationToken));
        (await SignalboxProgram.RunAsync("design", directory.Path, "--set", "coverage=90", "--force")).Expect(0);
        Assert.Contains("--test-coverage-lines=90", await System.IO.File.ReadAllTextAsync(directory.Join(File), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task AFileThatDesignDidNotWrite_IsLeftAsItIs()
    {
        using var directory = await RepositoryAsync();
        directory.Write(File, "mine\n");
        Assert.Contains("design-exists", (await SignalboxProgram.RunAsync("design", directory.Path)).Expect(1).Error);
        Assert.Equal("mine\n", await System.IO.File.ReadAllTextAsync(directory.Join(File), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Explain_SaysEachDecision_AndWritesNothing()
    {
        using var directory = await RepositoryAsync();
        var said = (await SignalboxProgram.RunAsync("design", directory.Path, "--explain")).Expect(0).Out;
        Assert.Contains("node.install = npm ci\n  exactly what package-lock.json says (package-lock.json); may be a script, or off\n", said);
        Assert.False(Path.Exists(directory.Join(File)));
        using var json = JsonDocument.Parse((await SignalboxProgram.RunAsync("design", directory.Path, "--explain", "--format", "json")).Expect(0).Out);
        Assert.Contains(json.RootElement.GetProperty("decisions").EnumerateArray(), d => d.GetProperty("id").GetString() == "coverage" && d.GetProperty("choice").GetString() == "80");
    }

    [Fact]
    public async Task WhatIsMissing_IsSaid()
    {
        using var nowhere = await RepositoryAsync(remote: null);
        Assert.Contains("design-platform", (await SignalboxProgram.RunAsync("design", nowhere.Path)).Expect(2).Error);
        Assert.Contains("design-choice", (await SignalboxProgram.RunAsync("design", nowhere.Path, "--platform", "gitlab", "--set", "coverage=50")).Expect(2).Error);
        using var empty = new TemporaryDirectory();
        Assert.Contains("design-nothing", (await SignalboxProgram.RunAsync("design", empty.Path, "--platform", "gitlab")).Expect(1).Error);
        Assert.Contains("design-missing", (await SignalboxProgram.RunAsync("design", empty.Join("none"), "--platform", "gitlab")).Expect(3).Error);
    }
}
