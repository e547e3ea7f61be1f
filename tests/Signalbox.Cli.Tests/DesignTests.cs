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
        Assert.Contains("expected at least 80%%", await System.IO.File.ReadAllTextAsync(directory.Join(File), TestContext.Current.CancellationToken));
        Assert.Contains("unchanged", (await SignalboxProgram.RunAsync("design", directory.Path, "--check")).Expect(0).Out);
    }

    /// <summary>Git says nothing of another user's repository: not that it has no remote.</summary>
    [Fact]
    public async Task AWorkTreeThatGitRefuses_IsSaid()
    {
        using var directory = await RepositoryAsync();
        var refused = new Dictionary<string, string> { ["GIT_TEST_ASSUME_DIFFERENT_OWNER"] = "1", ["GIT_CONFIG_GLOBAL"] = "/dev/null", ["GIT_CONFIG_SYSTEM"] = "/dev/null" };
        var said = (await SignalboxProgram.RunAsync(directory.Path, refused, ["design", "."])).Expect(3).Error;
        Assert.Contains("error[git-refuses]: Git does not read", said);
        Assert.Contains("git config --global --add safe.directory", said);
        Assert.DoesNotContain("no Git remote", said);
        Assert.Contains("warning[git-refuses]", (await SignalboxProgram.RunAsync(directory.Path, refused, ["design", ".", "--platform", "gitlab"])).Expect(0).Error);
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
        Assert.Contains("expected at least 90%%", merged);
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
        var text = (await System.IO.File.ReadAllTextAsync(directory.Join(File), TestContext.Current.CancellationToken)).Replace("expected at least 80%%", "expected at least 70%%", StringComparison.Ordinal);
        directory.Write(File, text);
        Assert.Contains("design-conflict", (await SignalboxProgram.RunAsync("design", directory.Path, "--set", "coverage=90")).Expect(1).Error);
        Assert.Equal(text, await System.IO.File.ReadAllTextAsync(directory.Join(File), TestContext.Current.CancellationToken));
        (await SignalboxProgram.RunAsync("design", directory.Path, "--set", "coverage=90", "--force")).Expect(0);
        Assert.Contains("expected at least 90%%", await System.IO.File.ReadAllTextAsync(directory.Join(File), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task AFileThatDesignDidNotWrite_IsLeftAsItIs()
    {
        using var directory = await RepositoryAsync();
        directory.Write(File, "mine\n");
        Assert.Contains("design-exists", (await SignalboxProgram.RunAsync("design", directory.Path)).Expect(1).Error);
        Assert.Equal("mine\n", await System.IO.File.ReadAllTextAsync(directory.Join(File), TestContext.Current.CancellationToken));
    }

    /// <summary>A checkout of CI stands on no branch and knows no origin/HEAD: the same is designed there as where it was written.</summary>
    [Theory]
    [InlineData("github-actions")]
    [InlineData("gitlab")]
    [InlineData("jenkins")]
    [InlineData("azure-pipelines")]
    public async Task AMainBranchOfAnotherName_IsTheSameInACheckoutOfCi(string platform)
    {
        using var directory = await RepositoryAsync();
        directory.Write("Dockerfile", "FROM scratch\nCOPY shop /shop\n");
        await GitAsync(directory, "symbolic-ref", "HEAD", "refs/heads/trunk");
        (await SignalboxProgram.RunAsync("design", directory.Path, "--platform", platform)).Expect(0);
        await GitAsync(directory, "add", "--all");
        await GitAsync(directory, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-qm", "Begin");
        await GitAsync(directory, "checkout", "-q", "--detach");
        await GitAsync(directory, "branch", "-qD", "trunk");
        Assert.Contains("unchanged", (await SignalboxProgram.RunAsync("design", directory.Path, "--platform", platform, "--check")).Expect(0).Out);
        Assert.Contains("branch = trunk\n  what is merged here is delivered (.signalbox-design/", (await SignalboxProgram.RunAsync("design", directory.Path, "--platform", platform, "--explain")).Expect(0).Out);
    }

    /// <summary>No platform looks for a pipeline in a folder of a repository.</summary>
    [Fact]
    public async Task AFolderWithinARepository_IsRefused()
    {
        using var directory = await RepositoryAsync();
        directory.Write("svc/package.json", Package);
        Assert.Contains("design-not-top", (await SignalboxProgram.RunAsync("design", directory.Join("svc"))).Expect(2).Error);
        Assert.False(Path.Exists(directory.Join("svc/.github")));
        (await SignalboxProgram.RunAsync("design", directory.Join("svc"), "--explain")).Expect(0);
        // what Git leaves out is no part of the repository
        directory.Write(".gitignore", "svc/\n");
        (await SignalboxProgram.RunAsync("design", directory.Join("svc"))).Expect(0);
    }

    /// <summary>Git may check out with line ends of its own (core.autocrlf): those are no drift, no change of a person's, and stay.</summary>
    [Fact]
    public async Task OtherLineEnds_AreNoDrift_AndAreKept()
    {
        using var directory = await RepositoryAsync();
        (await SignalboxProgram.RunAsync("design", directory.Path)).Expect(0);
        string[] files = [File, ".signalbox-design/github-actions.base"];
        foreach (var file in files) directory.Write(file, (await System.IO.File.ReadAllTextAsync(directory.Join(file), TestContext.Current.CancellationToken)).Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.Contains("unchanged", (await SignalboxProgram.RunAsync("design", directory.Path, "--check")).Expect(0).Out);
        var text = await System.IO.File.ReadAllTextAsync(directory.Join(File), TestContext.Current.CancellationToken);
        directory.Write(File, text.Replace("name: deliver\r\n", "name: ours\r\n", StringComparison.Ordinal));
        Assert.Contains("merged", (await SignalboxProgram.RunAsync("design", directory.Path, "--set", "coverage=90")).Expect(0).Out);
        var merged = await System.IO.File.ReadAllTextAsync(directory.Join(File), TestContext.Current.CancellationToken);
        Assert.Contains("name: ours\r\n", merged);
        Assert.Contains("expected at least 90%%", merged);
        Assert.DoesNotContain("\n", merged.Replace("\r\n", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AJobThatWasTakenOut_IsSaid()
    {
        using var directory = await RepositoryAsync();
        (await SignalboxProgram.RunAsync("design", directory.Path)).Expect(0);
        var text = await System.IO.File.ReadAllTextAsync(directory.Join(File), TestContext.Current.CancellationToken);
        directory.Write(File, text[..text.IndexOf("\n  scan:", StringComparison.Ordinal)]);
        Assert.Contains("the job scan is designed and was taken out", (await SignalboxProgram.RunAsync("design", directory.Path, "--check")).Expect(0).Error);
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

    private const string Manifest = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: shop }
        spec: { selector: { matchLabels: { app: shop } }, template: { metadata: { labels: { app: shop } }, spec: { containers: [{ name: shop, image: "ghcr.io/acme/shop:1" }] } } }

        """;

    private static async Task<TemporaryDirectory> SteeredAsync()
    {
        var directory = await RepositoryAsync();
        directory.Write("Dockerfile", "FROM scratch\nCOPY shop /shop\n");
        directory.Write("k8s/shop.yaml", Manifest);
        return directory;
    }

    [Fact]
    public async Task Manifests_AreWritten_Kept_AndSeenToDrift()
    {
        using var directory = await SteeredAsync();
        (await SignalboxProgram.RunAsync("design", directory.Path)).Expect(0);
        Assert.Contains("unchanged", (await SignalboxProgram.RunAsync("design", directory.Path, "--check")).Expect(0).Out);
        const string canary = "delivery/base/rollout.yaml";
        var text = await System.IO.File.ReadAllTextAsync(directory.Join(canary), TestContext.Current.CancellationToken);
        directory.Write(canary, text.Replace("replicas: 4", "replicas: 8", StringComparison.Ordinal));
        (await SignalboxProgram.RunAsync("design", directory.Path, "--check")).Expect(0);
        Assert.Contains("rollout.yaml: merged", (await SignalboxProgram.RunAsync("design", directory.Path, "--set", "metrics.errors=2")).Expect(0).Out);
        var merged = await System.IO.File.ReadAllTextAsync(directory.Join(canary), TestContext.Current.CancellationToken);
        Assert.Contains("replicas: 8", merged);
        Assert.Contains("<= 0.02", merged);
        System.IO.File.Delete(directory.Join("delivery/production/namespace.yaml"));
        Assert.Contains("delivery/production/namespace.yaml", (await SignalboxProgram.RunAsync("design", directory.Path, "--check")).Expect(1).Error);
    }

    [Fact]
    public async Task WhatIsNotDesignedAnyMore_IsTakenOut_UnlessSomebodyChangedIt()
    {
        using var directory = await SteeredAsync();
        (await SignalboxProgram.RunAsync("design", directory.Path)).Expect(0);
        await System.IO.File.AppendAllTextAsync(directory.Join("delivery/argo-cd/production.yaml"), "# ours\n", TestContext.Current.CancellationToken);
        var said = (await SignalboxProgram.RunAsync("design", directory.Path, "--set", "deploy=flux")).Expect(0).Out;
        Assert.Contains("delivery/argo-cd/staging.yaml: removed", said);
        Assert.Contains("delivery/argo-cd/production.yaml: left; it is not designed any more, and somebody changed it", said);
        Assert.False(Path.Exists(directory.Join("delivery/argo-cd/staging.yaml")));
        Assert.True(Path.Exists(directory.Join("delivery/argo-cd/production.yaml")));
        Assert.True(Path.Exists(directory.Join("delivery/flux/production.yaml")));
        (await SignalboxProgram.RunAsync("design", directory.Path, "--check")).Expect(0);
    }

    /// <summary>A conflict in one file keeps all the others from being written, too.</summary>
    [Fact]
    public async Task AConflictInOneFile_WritesNoneOfThem()
    {
        using var directory = await SteeredAsync();
        (await SignalboxProgram.RunAsync("design", directory.Path)).Expect(0);
        const string budget = "delivery/base/budget.yaml";
        var text = await System.IO.File.ReadAllTextAsync(directory.Join(budget), TestContext.Current.CancellationToken);
        directory.Write(budget, text.Replace("maxUnavailable: 1", "maxUnavailable: 3", StringComparison.Ordinal));
        var before = await System.IO.File.ReadAllTextAsync(directory.Join(File), TestContext.Current.CancellationToken);
        Assert.Contains("design-conflict", (await SignalboxProgram.RunAsync("design", directory.Path, "--set", "budget=2", "--set", "coverage=90")).Expect(1).Error);
        Assert.Equal(before, await System.IO.File.ReadAllTextAsync(directory.Join(File), TestContext.Current.CancellationToken));
    }

    /// <summary>A folder that leads out of the repository is not written through.</summary>
    [Fact]
    public async Task AFolderThatIsALink_IsNotWrittenThrough()
    {
        using var directory = await SteeredAsync();
        using var elsewhere = new TemporaryDirectory();
        Directory.CreateSymbolicLink(directory.Join("delivery"), elsewhere.Path);
        Assert.Contains("design-link", (await SignalboxProgram.RunAsync("design", directory.Path)).Expect(3).Error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere.Path));
        Assert.False(Path.Exists(directory.Join(File)));
    }

    /// <summary>A repository may bring the link whose name the file beside would have.</summary>
    [Theory]
    [InlineData(File + ".new")]
    [InlineData(".signalbox-design/choices.new")]
    public async Task ALinkBesideAFile_IsNotWrittenThrough(string link)
    {
        using var directory = await RepositoryAsync();
        using var elsewhere = new TemporaryDirectory();
        elsewhere.Write("theirs", "before");
        Directory.CreateDirectory(Path.GetDirectoryName(directory.Join(link))!);
        System.IO.File.CreateSymbolicLink(directory.Join(link), elsewhere.Join("theirs"));
        (await SignalboxProgram.RunAsync("design", directory.Path, "--set", "coverage=90")).Expect(0);
        Assert.Equal("before", await System.IO.File.ReadAllTextAsync(elsewhere.Join("theirs"), TestContext.Current.CancellationToken));
        Assert.Null(new FileInfo(directory.Join(File)).LinkTarget);
    }

    /// <summary>Reading a repository starts nothing of it, not even by the name of a program that is asked.</summary>
    [Theory]
    [InlineData("design", ".", "--explain")]
    [InlineData("audit", "--since", "HEAD")]
    [InlineData("check")]
    public async Task AFileOfTheRepositoryCalledGit_IsNotStarted(params string[] line)
    {
        using var directory = await RepositoryAsync();
        directory.Write("git", $"#!/bin/sh\necho > '{directory.Join("started")}'\n");
        System.IO.File.SetUnixFileMode(directory.Join("git"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await SignalboxProgram.RunAsync(directory.Path, new Dictionary<string, string>(), line);
        Assert.False(Path.Exists(directory.Join("started")));
    }

    /// <summary>A choice that is what is proposed today is kept for the day on which something else would be.</summary>
    [Fact]
    public async Task AChoiceThatChangesNothingToday_IsRemembered()
    {
        using var directory = await RepositoryAsync();
        (await SignalboxProgram.RunAsync("design", directory.Path)).Expect(0);
        (await SignalboxProgram.RunAsync("design", directory.Path, "--set", "coverage=80")).Expect(0);
        Assert.Contains("coverage=80\n", await System.IO.File.ReadAllTextAsync(directory.Join(".signalbox-design/choices"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task WhatIsMissing_IsSaid()
    {
        using var nowhere = await RepositoryAsync(remote: null);
        Assert.Contains("design-platform", (await SignalboxProgram.RunAsync("design", nowhere.Path)).Expect(2).Error);
        Assert.Contains("'rollback=bogus' is no choice; expected no choice of rollback, which goes by deploy", (await SignalboxProgram.RunAsync("design", nowhere.Path, "--platform", "gitlab", "--set", "rollback=bogus")).Expect(2).Error);
        Assert.Contains("design-choice", (await SignalboxProgram.RunAsync("design", nowhere.Path, "--platform", "gitlab", "--set", "coverage=50")).Expect(2).Error);
        using var empty = new TemporaryDirectory();
        Assert.Contains("design-nothing", (await SignalboxProgram.RunAsync("design", empty.Path, "--platform", "gitlab")).Expect(1).Error);
        Assert.Contains("design-missing", (await SignalboxProgram.RunAsync("design", empty.Join("none"), "--platform", "gitlab")).Expect(3).Error);
    }
}
