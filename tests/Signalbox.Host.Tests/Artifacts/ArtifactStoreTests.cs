using Signalbox.Delivery;
using Signalbox.Host.Artifacts;

namespace Signalbox.Host.Tests.Artifacts;

public sealed class ArtifactStoreTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("signalbox-test-").FullName;
    private readonly List<string> _living = [];

    public void Dispose()
    {
        _living.Clear();
        Store().Collect(new HashSet<Digest>(), 0);
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Put_NewDigest_IsThereReadOnly()
    {
        var store = Store();
        Assert.True(await store.PutAsync(Named("a"), Stream.Null, default));

        Assert.True(store.Has(Named("a")));
        var file = Path.Combine(store.PathOf(Named("a")), "bin", "server");
        Assert.Equal(Convert.ToInt32("555", 8), (int)File.GetUnixFileMode(file));
        Assert.Equal(Convert.ToInt32("555", 8), (int)File.GetUnixFileMode(Path.GetDirectoryName(file)!));
    }

    [Fact]
    public async Task Put_SameDigestTwice_SaysItWasThere()
    {
        var store = Store();
        await store.PutAsync(Named("a"), Stream.Null, default);
        Assert.False(await store.PutAsync(Named("a"), Stream.Null, default));
    }

    [Fact]
    public async Task Put_UnpackFails_LeavesNothing()
    {
        var store = new ArtifactStore(_root, (_, target, _, _) =>
        {
            Directory.CreateDirectory(Path.Combine(target, "half"));
            throw new InvalidDataException("the digest differs");
        }, () => []);

        await Assert.ThrowsAsync<InvalidDataException>(() => store.PutAsync(Named("a"), Stream.Null, default));
        Assert.False(store.Has(Named("a")));
        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public async Task Put_ManyAtOnce_OneWins()
    {
        var store = Store();
        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => store.PutAsync(Named("a"), Stream.Null, default))));
        Assert.Single(added, a => a);
        Assert.Single(Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public async Task Collect_KeepsUsedLivingAndNewest()
    {
        var store = Store();
        foreach (var name in new[] { "used", "living", "old", "older", "new" }) await store.PutAsync(Named(name), Stream.Null, default);
        Age("older", 3);
        Age("old", 2);
        Age("used", 9);
        Age("living", 9);
        _living.Add(store.PathOf(Named("living")));

        var gone = store.Collect(new HashSet<Digest> { Named("used") }, keepLast: 1);

        Assert.Equal([Named("old"), Named("older")], gone);
        Assert.All(["used", "living", "new"], name => Assert.True(store.Has(Named(name))));
        Assert.Equal(3, Directory.GetFileSystemEntries(_root).Length);
    }

    [Fact]
    public async Task Collect_GoesByWhenAnArtifactWasUsedLast_NotByWhenItCame()
    {
        var store = Store();
        foreach (var name in new[] { "served", "tried" }) await store.PutAsync(Named(name), Stream.Null, default);
        Age("served", 9);
        Age("tried", 3);
        Assert.Empty(store.Collect(new HashSet<Digest> { Named("served") }, keepLast: 1));
        Assert.Equal([Named("tried")], store.Collect(new HashSet<Digest>(), keepLast: 1));
    }

    [Fact]
    public async Task Collect_SparesWhatATableMayBeAboutToName()
    {
        var store = Store();
        foreach (var name in new[] { "a", "b", "c" }) await store.PutAsync(Named(name), Stream.Null, default);
        Age("a", 1);

        Assert.Equal([Named("a")], store.Collect(new HashSet<Digest>(), keepLast: 1, TimeSpan.FromMinutes(10)));
    }

    [Fact]
    public void New_AfterAKillInUnpack_DeletesTheRest()
    {
        Directory.CreateDirectory(Path.Combine(_root, ".half", "x"));
        Store();
        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public async Task Put_LinkOutOfTheArtifact_LeavesItsTargetAlone()
    {
        var outside = Path.Combine(_root, "..", Path.GetFileName(_root) + "-outside");
        File.WriteAllText(outside, "");
        File.SetUnixFileMode(outside, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var store = new ArtifactStore(_root, (_, target, _, _) =>
        {
            Directory.CreateDirectory(target);
            File.CreateSymbolicLink(Path.Combine(target, "link"), outside);
            return Task.CompletedTask;
        }, () => []);
        await store.PutAsync(Named("a"), Stream.Null, default);
        store.Collect(new HashSet<Digest>(), 0);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(outside));
        File.Delete(outside);
    }

    [Fact]
    public async Task Put_IsOnTheDiskBeforeItHasItsName()
    {
        var flushed = new List<string>();
        var store = new ArtifactStore(_root, Unpack, () => [], directory =>
        {
            Assert.True(File.Exists(Path.Combine(directory, "bin", "server")));
            Assert.False(Directory.Exists(Path.Combine(_root, Named("a").Hex)));
            flushed.Add(directory);
        });
        await store.PutAsync(Named("a"), Stream.Null, default);
        Assert.StartsWith(Path.Combine(_root, "."), Assert.Single(flushed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_DiskRefusesTheFlush_LeavesNothing()
    {
        var store = new ArtifactStore(_root, Unpack, () => [], _ => throw new IOException("input/output error"));
        await Assert.ThrowsAsync<IOException>(() => store.PutAsync(Named("a"), Stream.Null, default));
        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }

    private static Digest Named(string name) => Digest.Of(System.Text.Encoding.UTF8.GetBytes(name));

    private void Age(string name, int hours) => Directory.SetLastWriteTimeUtc(Path.Combine(_root, Named(name).Hex), DateTime.UtcNow.AddHours(-hours));

    private ArtifactStore Store() => new(_root, Unpack, () => _living);

    private static async Task Unpack(Stream tar, string target, Digest expected, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.Combine(target, "bin"));
        var server = Path.Combine(target, "bin", "server");
        await File.WriteAllTextAsync(server, "#!/bin/sh\n", cancel);
        File.SetUnixFileMode(server, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
