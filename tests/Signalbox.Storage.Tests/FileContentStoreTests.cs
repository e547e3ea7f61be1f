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
        Assert.Equal("content-too-large", (await Assert.ThrowsAsync<ContentRefusedException>(() => store.ReceiveAsync(new MemoryStream(new byte[5]), 4, default))).Id);
        await store.AddAsync(new byte[8], default);
        Assert.Equal("content-store-full", (await Assert.ThrowsAsync<ContentRefusedException>(() => store.AddAsync(new byte[3], default))).Id);
        // also after a restart
        Assert.Equal("content-store-full", (await Assert.ThrowsAsync<ContentRefusedException>(() => Open(capacity: 10).AddAsync(new byte[3], default))).Id);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_root, "content", "incoming")));
    }

    /// <summary>What is refused after it was read, or only looked at, takes no room.</summary>
    [Fact]
    public async Task Received_TakesRoomOnlyWhileItIsLookedAt()
    {
        var store = Open(capacity: 10);
        for (var i = 0; i < 3; i++)
            using (var received = await store.ReceiveAsync(new MemoryStream("hello"u8.ToArray()), 5, default))
            {
                Assert.Equal((Digest.Of("hello"u8), 5L), (received.Content.Digest, store.Used));
                using var stream = received.Open();
                Assert.Equal(5, stream.Length);
                Assert.Null(store.Open(received.Content.Digest));
            }
        Assert.Equal(0, store.Used);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_root, "content"), "*", SearchOption.AllDirectories));
        for (var i = 0; i < 3; i++)
            using (var received = await store.ReceiveAsync(new MemoryStream("hello"u8.ToArray()), 5, default))
            {
                received.Keep();
                using var stream = received.Open();
                Assert.Equal(5, stream.Length);
            }
        Assert.Equal(5, store.Used);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_root, "content", "incoming")));
    }

    /// <summary>Whoever hands in as much as they may leaves room for a decision.</summary>
    [Fact]
    public async Task Full_HasRoomForWhatIsMadeHere()
    {
        var store = Open(capacity: 100);
        using (var received = await store.ReceiveAsync(new MemoryStream(new byte[95]), 100, default)) received.Keep();
        Assert.Equal("content-store-full", (await Assert.ThrowsAsync<ContentRefusedException>(() => store.ReceiveAsync(new MemoryStream(new byte[1]), 100, default))).Id);
        await store.AddAsync(new byte[5], default);
        Assert.Equal("content-store-full", (await Assert.ThrowsAsync<ContentRefusedException>(() => store.AddAsync(new byte[1], default))).Id);
        Assert.Equal(100, store.Used);
    }

    /// <summary>Evidence, and what is read from it, fills what is evidence's: a decision and an approval can be kept all the same.</summary>
    [Fact]
    public async Task FullOfEvidence_HasRoomForADecision()
    {
        var store = Open(capacity: 1 << 16);
        var intake = new EvidenceIntake(store, new EvidenceIndex(), [new ReportEvidenceReader()]);
        EvidenceIntake.Taken taken;
        var i = 0;
        do
        {
            var lines = string.Concat(Enumerable.Range(0, 50).Select(line => $"DA:{line},{(++i % 7)}\n"));
            taken = await intake.TakeAsync(new MemoryStream(System.Text.Encoding.UTF8.GetBytes($"SF:src/{i}.js\n{lines}end_of_record\n")), new(null, "lcov.info", [Digest.Of("subject"u8)], null, DateTimeOffset.UnixEpoch), new(EvidenceOrigin.File, "lcov.info"), new("ci"), _ => Task.CompletedTask, default);
        }
        while (taken.Refusal is null);
        Assert.Equal("content-store-full", taken.Refusal.Id);
        await store.AddAsync(new byte[2000], default);
        await intake.MakeAsync(EvidenceKind.Approval, new ApprovalFact("shop", "production", Digest.Of("r"u8), Digest.Of("c"u8), null), Digest.Of("r"u8), new("bob"), DateTimeOffset.UnixEpoch, default);
    }

    [Fact]
    public async Task Keep_WhatWasDamaged_IsWholeAgain()
    {
        var store = Open();
        var stored = await store.AddAsync("hello"u8.ToArray(), default);
        File.WriteAllText(PathOf(stored.Digest), "hellO");
        await store.AddAsync("hello"u8.ToArray(), default);
        Assert.Equal("hello"u8.ToArray(), await store.ReadAsync(stored.Digest, 100, default));
        Assert.Equal(5, store.Used);
    }

    [Fact]
    public async Task Collect_RemovesWhatNothingNames()
    {
        var store = Open();
        var (kept, left) = (await store.AddAsync("kept"u8.ToArray(), default), await store.AddAsync("left!"u8.ToArray(), default));
        Assert.Equal(5, store.Collect(digest => digest == kept.Digest));
        Assert.Equal(4, store.Used);
        Assert.NotNull(await store.ReadAsync(kept.Digest, 100, default));
        Assert.Null(await store.ReadAsync(left.Digest, 100, default));
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
