using System.Diagnostics;
using Signalbox.Delivery;

namespace Signalbox.Tests.Delivery;

public sealed class SourceRevisionsTests
{
    private static void Git(string directory, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", .. arguments])
        { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true })!;
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }

    [Fact]
    public async Task Read_OutsideAWorkTree_IsNull()
    {
        using var directory = new TempDirectory();
        Assert.Null(await SourceRevisions.ReadAsync(directory.Path));
        Assert.Null(await SourceRevisions.ReadAsync(directory.In("missing")));
    }

    [Fact]
    public async Task Read_WorkTree_TellsCommitAndDirt()
    {
        using var directory = new TempDirectory();
        Git(directory.Path, "init", "-q");
        Assert.Null(await SourceRevisions.ReadAsync(directory.Path));
        directory.Write("a", "1");
        Git(directory.Path, "add", "a");
        Git(directory.Path, "commit", "-q", "-m", "Add a");
        var clean = await SourceRevisions.ReadAsync(directory.Path);
        Assert.NotNull(clean);
        Assert.Equal(("Add a", false, 40), (clean.Subject, clean.Dirty, clean.Commit.Length));
        directory.Write("b", "1");
        Assert.True((await SourceRevisions.ReadAsync(directory.Path))!.Dirty);
    }
}
