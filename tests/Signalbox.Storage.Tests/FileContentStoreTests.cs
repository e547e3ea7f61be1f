using Signalbox.Delivery;
using Signalbox.Evidence;

namespace Signalbox.Storage.Tests;

public sealed class FileContentStoreTests : IDisposable
{
    private readonly string _root = Path.Combine(Directory.CreateTempSubdirectory("signalbox-").FullName, "state");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_root)!, recursive: true);

    [Fact]
    public async Task Add_KeepsWhatItIsGivenForItsOwnerAlone()
    {
        var store = Open();
        var stored = await store.AddAsync("hello"u8.ToArray(), default);
        Assert.Equal(Digest.Of("hello"u8), stored.Digest);
        Assert.Equal("hello"u8.ToArray(), await store.ReadAsync(stored.Digest, 100, default));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf(stored.Digest)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(_root, "content")));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_root, "content", "incoming")));
    }

    [Fact]
    public async Task Add_TooLargeOrTooMuch_LeavesNothing()
    {
        var store = Open(capacity: 10);
        Assert.Equal("content-too-large", (await Assert.ThrowsAsync<ContentRefusedException>(() => store.AddAsync(new MemoryStream(new byte[5]), 4, default))).Id);
        await store.AddAsync(new byte[8], default);
        Assert.Equal("content-store-full", (await Assert.ThrowsAsync<ContentRefusedException>(() => store.AddAsync(new byte[3], default))).Id);
        // also after a restart
        Assert.Equal("content-store-full", (await Assert.ThrowsAsync<ContentRefusedException>(() => Open(capacity: 10).AddAsync(new byte[3], default))).Id);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_root, "content", "incoming")));
    }

    [Fact]
    public async Task Read_DamagedOrMissing_IsNothing()
    {
        var store = Open();
        var stored = await store.AddAsync("hello"u8.ToArray(), default);
        File.WriteAllText(PathOf(stored.Digest), "hellO");
        Assert.Null(await store.ReadAsync(stored.Digest, 100, default));
        Assert.Null(await store.ReadAsync(Digest.Of("other"u8), 100, default));
        Assert.Null(await store.ReadAsync(stored.Digest, 4, default));
    }

    [Fact]
    public async Task Open_RemovesWhatACrashLeft()
    {
        await Open().AddAsync("hello"u8.ToArray(), default);
        File.WriteAllText(Path.Combine(_root, "content", "incoming", "half"), "he");
        Open();
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_root, "content", "incoming")));
    }

    private FileContentStore Open(long capacity = FileContentStore.DefaultCapacity) => FileContentStore.Open(StateDirectory.Open(_root), capacity);

    private string PathOf(Digest digest) => Path.Combine(_root, "content", digest.Hex[..2], digest.Hex);
}
