using Signalbox.Api;

namespace Signalbox.Storage.Tests;

public sealed class StateDirectoryTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly ControlPlaneFile Self = new("http://127.0.0.1:7433", 4711, 1, DateTimeOffset.UnixEpoch);

    private readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Open_MakesADirectoryThatOnlyItsOwnerSees()
    {
        var state = StateDirectory.Open(_temp.File("state"));

        Assert.Equal(Private | UnixFileMode.UserExecute, File.GetUnixFileMode(state.Root));
    }

    [Fact]
    public void Open_OfADirectoryThatOthersMayWrite_IsRefused()
    {
        var path = Directory.CreateDirectory(_temp.File("open")).FullName;
        File.SetUnixFileMode(path, (UnixFileMode)0b111_111_101);

        var error = Assert.Throws<StorageException>(() => StateDirectory.Open(path));

        Assert.Equal("state-writable-by-others", error.Id);
        Assert.Contains("0775", error.Message, StringComparison.Ordinal);
        Assert.Equal($"chmod 700 {path}", error.Help);
    }

    [Fact]
    public void Open_WhereAFileLies_SaysSo()
    {
        File.WriteAllText(_temp.File("file"), "");

        Assert.Equal("state-cannot-create", Assert.Throws<StorageException>(() => StateDirectory.Open(_temp.File("file"))).Id);
    }

    [Fact]
    public void Key_IsMadeOnceWithMode0600()
    {
        var state = StateDirectory.Open(_temp.File("state"));
        using var first = state.LoadOrCreateKey();
        using var second = state.LoadOrCreateKey();

        Assert.Equal(first.Id, second.Id);
        Assert.Equal(Private, File.GetUnixFileMode(state.KeyPath));
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", File.ReadAllText(state.KeyPath), StringComparison.Ordinal);
    }

    [Fact]
    public void Key_ThatIsDamaged_IsNeverReplaced()
    {
        var state = StateDirectory.Open(_temp.File("state"));
        File.WriteAllText(state.KeyPath, "nothing");

        Assert.Equal("ledger-key-damaged", Assert.Throws<StorageException>(state.LoadOrCreateKey).Id);
        Assert.Equal("nothing", File.ReadAllText(state.KeyPath));
    }

    [Fact]
    public void Lock_TakenTwice_NamesTheFirst()
    {
        var state = StateDirectory.Open(_temp.File("state"));
        using var first = StateDirectoryLock.Acquire(state, Self);

        var error = Assert.Throws<StorageException>(() => StateDirectoryLock.Acquire(state, Self with { ProcessId = 1 }));

        Assert.Equal("control-plane-running", error.Id);
        Assert.Contains("pid 4711, since 1970-01-01 00:00:00 UTC, at http://127.0.0.1:7433", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lock_LetGo_CanBeTakenAgain()
    {
        var state = StateDirectory.Open(_temp.File("state"));
        StateDirectoryLock.Acquire(state, Self).Dispose();

        StateDirectoryLock.Acquire(state, Self).Dispose();
    }

    [Fact]
    public void Lock_OfAKilledProcess_IsFree()
    {
        var state = StateDirectory.Open(_temp.File("state"));
        using var child = new ChildProcess("child:lock", state.Root);
        Assert.Equal("held", child.Output.ReadLine());
        Assert.Contains($"pid {child.Id}", Assert.Throws<StorageException>(() => StateDirectoryLock.Acquire(state, Self)).Message, StringComparison.Ordinal);

        child.Kill();

        StateDirectoryLock.Acquire(state, Self).Dispose();
    }
}
