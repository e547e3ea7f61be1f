using Signalbox.Host.Supervision;

namespace Signalbox.Host.Tests.Supervision;

public sealed class WorkloadUsersTests : IDisposable
{
    private const int First = 70_000;
    private readonly string _root = Directory.CreateTempSubdirectory("signalbox-test-").FullName;

    private string File => Path.Combine(_root, "users.json");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Of_ServicesWhoseNamesMeet_GetDifferentUsers()
    {
        var users = Users(size: 10);
        var given = Enumerable.Range(0, 10).Select(i => users.Of("shop/production", $"s{i}")).ToList();
        Assert.Equal(Enumerable.Range(First, 10), given.Order());
        Assert.True(Enumerable.Range(0, 10).Select(i => users.Preferred("shop/production", $"s{i}")).Distinct().Count() < 10, "the names do not meet");
    }

    [Fact]
    public void Of_AfterARestart_StaysTheSame()
    {
        var before = Enumerable.Range(0, 8).Select(i => Users(10).Of("shop/production", $"s{i}")).ToList();
        Assert.Equal(before.AsEnumerable().Reverse(), Enumerable.Range(0, 8).Reverse().Select(i => Users(10).Of("shop/production", $"s{i}")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public async Task Of_TwoHostsAtOnce_ShareNoUser()
    {
        var hosts = new[] { Users(100, "a"), Users(100, "b"), Users(100, "a") };
        var given = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(() => (Host: i % 3, Service: i / 3, User: hosts[i % 3].Of("t", $"{i / 3}")))));
        Assert.Equal(40, given.Select(g => g.User).Distinct().Count());
        Assert.All(given.Where(g => g.Host == 0), g => Assert.Contains(given, other => other.Host == 2 && other.Service == g.Service && other.User == g.User));
    }

    [Fact]
    public void Of_FileLost_MostlyGivesTheSameAgain()
    {
        var before = Users(4000).Of("shop/production", "web");
        System.IO.File.Delete(File);
        Assert.Equal(before, Users(4000).Of("shop/production", "web"));
    }

    [Fact]
    public void Of_AllGiven_TakesThoseOfStateDirectoriesThatAreGone()
    {
        var gone = Directory.CreateDirectory(Path.Combine(_root, "gone")).FullName;
        var old = new WorkloadUsers(File, gone, First, First + 1);
        var kept = Users(2).Of("t", "kept");
        old.Of("t", "old");
        var full = Assert.Throws<IOException>(() => Users(2).Of("t", "new"));
        Assert.Contains($"has given every user from {First} to {First + 1}", full.Message, StringComparison.Ordinal);

        Directory.Delete(gone);
        Assert.NotEqual(kept, Users(2).Of("t", "new"));
        Assert.Equal(kept, Users(2).Of("t", "kept"));
    }

    [Fact]
    public void Of_FileBroken_SaysWhichAndWhatToDo()
    {
        System.IO.File.WriteAllText(File, "{");
        var broken = Assert.Throws<IOException>(() => Users(10).Of("t", "s"));
        Assert.Contains($"rm {File}", broken.Message, StringComparison.Ordinal);
        Assert.Equal("{", System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void Of_AccountsAndSubordinateUsers_AreLeftOut()
    {
        System.IO.File.WriteAllText(Path.Combine(_root, "passwd"), $"ann:x:{First + 1}:{First + 1}:::\n");
        System.IO.File.WriteAllText(Path.Combine(_root, "subuid"), $"# ranges\nann:{First - 10}:11\nbob:{First + 3}:100\n");
        var users = new WorkloadUsers(File, _root, First, First + 5, accounts: _root);

        Assert.Equal(First + 2, users.Of("t", "a"));
        Assert.Throws<IOException>(() => users.Of("t", "b"));
    }

    [Fact]
    public void Range_IsOutsideOfSystemdsDynamicUsers() => Assert.True(WorkloadUser.First > 65_534 && WorkloadUser.Last < 100_000);

    private WorkloadUsers Users(int size, string? state = null) =>
        new(File, Directory.CreateDirectory(Path.Combine(_root, state ?? "state")).FullName, First, First + size - 1);
}
