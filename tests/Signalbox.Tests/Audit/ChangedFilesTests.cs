using System.Diagnostics;
using Signalbox.Audit;
using Signalbox.Diagnostics;

namespace Signalbox.Tests.Audit;

/// <summary>What <c>--since</c> takes for changed, asked of a real Git repository.</summary>
public sealed class ChangedFilesTests
{
    [Fact]
    public async Task Since_NamesWhatWasCommittedChangedAndAdded_ButNotWhatTheOtherBranchDid()
    {
        using var folder = new TempDirectory();
        foreach (var name in (string[])["same.yml", "committed.yml", "edited.yml", "theirs.yml", "sub dir/ü.yml"]) folder.Write(name, "a: 1\n");
        Git(folder.Path, "init", "--quiet", "--initial-branch=main", ".");
        Commit(folder.Path);
        Git(folder.Path, "checkout", "--quiet", "-b", "work");
        folder.Write("committed.yml", "a: 2\n");
        folder.Write("sub dir/ü.yml", "a: 2\n");
        Commit(folder.Path);
        Git(folder.Path, "checkout", "--quiet", "main");
        folder.Write("theirs.yml", "a: 2\n");
        Commit(folder.Path);
        Git(folder.Path, "checkout", "--quiet", "work");
        folder.Write("edited.yml", "a: 2\n");
        folder.Write("added.yml", "a: 2\n");
        var changed = await ChangedFiles.SinceAsync(folder.Path, "main", TestContext.Current.CancellationToken);
        Assert.Equal(["committed.yml", "edited.yml", "sub dir/ü.yml", "added.yml"],
            ((string[])["same.yml", "committed.yml", "edited.yml", "theirs.yml", "sub dir/ü.yml", "added.yml"]).Where(path => changed.Concern(Finding(path))));
        var below = await ChangedFiles.SinceAsync(folder.In("sub dir"), "main", TestContext.Current.CancellationToken);
        Assert.True(below.Concern(Finding("ü.yml")));
        Assert.True(below.Concern(Finding("elsewhere.yml", "ü.yml")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Since_WhatGitDoesNotKnow_IsRefused(bool repository)
    {
        using var folder = new TempDirectory();
        folder.Write("a.yml", "a: 1\n");
        if (repository)
        {
            Git(folder.Path, "init", "--quiet", ".");
            Commit(folder.Path);
        }
        var refusal = await Assert.ThrowsAsync<SignalboxException>(() => ChangedFiles.SinceAsync(folder.Path, "nowhere", TestContext.Current.CancellationToken));
        Assert.Equal(3, refusal.ExitCode);
    }

    private static AuditFinding Finding(params string[] paths) =>
        new(RuleTable.All[0].Info, "m", [.. paths.Select(p => new Location(p))], RuleSeverity.Low, Confidence.High, Persona.Regular);

    private static void Commit(string folder)
    {
        Git(folder, "add", "--all");
        Git(folder, "commit", "--quiet", "-m", "x");
    }

    internal static string Git(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null", .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var git = Process.Start(start)!;
        var error = git.StandardError.ReadToEndAsync();
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.True(git.ExitCode == 0, $"git {string.Join(' ', arguments)}: {error.Result}");
        return output.Trim();
    }
}
