using System.Text;
using Signalbox.Delivery;
using Signalbox.Delivery.Artifacts;
using static Signalbox.Tests.Delivery.Artifacts.Crafted;

namespace Signalbox.Tests.Delivery.Artifacts;

public sealed class ArchiveRulesTests
{
    private static readonly Dictionary<string, (string Id, byte[] Tar)> Bad = new()
    {
        ["absolute name"] = ("artifact-absolute-name", Tar(File("/etc/passwd"))),
        ["windows drive"] = ("artifact-absolute-name", Tar(File("C:evil"))),
        ["backslash"] = ("artifact-absolute-name", Tar(File("a\\b"))),
        ["parent"] = ("artifact-parent-name", Tar(File("a/../../b"))),
        ["parent alone"] = ("artifact-parent-name", Tar(Crafted.Directory("../"))),
        ["empty part"] = ("artifact-name", Tar(File("a//b"))),
        ["dot part"] = ("artifact-name", Tar(File("a/./b"))),
        ["no name"] = ("artifact-name", Tar(File(""))),
        ["control character"] = ("artifact-name", Tar(File("a\nb"))),
        ["long part"] = ("artifact-long-name", Tar(Pax("path", new string('a', 256)), File("a"))),
        ["long path"] = ("artifact-long-name", Tar(Pax("path", string.Join('/', Enumerable.Repeat("aaaaaaa", 600))), File("a"))),
        ["duplicate file"] = ("artifact-duplicate-name", Tar(File("a"), File("a"))),
        ["duplicate directory"] = ("artifact-duplicate-name", Tar(Crafted.Directory("a/"), Crafted.Directory("a/"))),
        ["case collision"] = ("artifact-colliding-name", Tar(File("Readme"), File("README"))),
        ["case collision of directories"] = ("artifact-colliding-name", Tar(File("Lib/a"), File("lib/b"))),
        ["unicode form collision"] = ("artifact-colliding-name", Tar(File("caf\u00e9"), File("cafe\u0301"))),
        ["hangul form collision"] = ("artifact-colliding-name", Tar(File("\ud55c"), File("\u1112\u1161\u11ab"))),
        ["absolute link"] = ("artifact-link-outside", Tar(Link("a", "/etc/passwd"))),
        ["link outside"] = ("artifact-link-outside", Tar(Link("d/a", "../../x"))),
        ["link outside through a link"] = ("artifact-link-outside", Tar(Link("d/e/l", "../.."), Link("x", "d/e/l/../.."))),
        ["link loop"] = ("artifact-link", Tar(Link("a", "b"), Link("b", "a"))),
        ["empty link"] = ("artifact-link", Tar(Link("a", ""))),
        ["write through a link"] = ("artifact-through-file", Tar(Link("a", "."), File("a/b"))),
        ["write under a file"] = ("artifact-through-file", Tar(File("a"), File("a/b"))),
        ["hard link outside"] = ("artifact-link-outside", Tar(Link("a", "b", '1'))),
        ["hard link to parent"] = ("artifact-parent-name", Tar(Link("a", "../b", '1'))),
        ["character device"] = ("artifact-device", Tar(Entry("a", '3'))),
        ["block device"] = ("artifact-device", Tar(Entry("a", '4'))),
        ["fifo"] = ("artifact-device", Tar(Entry("a", '6'))),
        ["setuid"] = ("artifact-setuid", Tar(File("a", mode: 0x9ED))),
        ["setgid"] = ("artifact-setuid", Tar(File("a", mode: 0x5ED))),
        ["unknown type"] = ("artifact-entry-type", Tar(Entry("a", 'S'))),
        ["trailing bytes"] = ("artifact-trailing-bytes", [.. Tar(File("a")), .. "more"u8]),
        ["trailing archive"] = ("artifact-trailing-bytes", [.. Tar(File("a")), .. Tar(File("b"))]),
        ["one zero block"] = ("artifact-trailing-bytes", [.. File("a"), .. new byte[512], .. File("b")]),
        ["cut in the content"] = ("artifact-malformed", File("a", new string('x', 1000))[..900]),
        ["no end"] = ("artifact-malformed", File("a")),
        ["wrong checksum"] = ("artifact-malformed", [.. File("a").Select((b, i) => i == 0 ? (byte)'b' : b), .. new byte[1024]]),
        ["huge extended header"] = ("artifact-malformed", Tar(Entry("x", 'x', claimed: 1L << 31))),
        ["broken pax record"] = ("artifact-malformed", Tar(Entry("x", 'x', "99 path=a\n"), File("a"))),
        ["sparse file"] = ("artifact-malformed", Tar(Pax("GNU.sparse.major", "1"), File("a"))),
        ["global path"] = ("artifact-malformed", Tar(Entry("g", 'g', "10 path=a\n"), File("b"))),
        ["claims too much"] = ("artifact-too-large", Tar(Entry("a", '0', claimed: (1L << 33) - 1))),
        ["not a tar"] = ("artifact-malformed", Encoding.UTF8.GetBytes(new string('a', 2000))),
        ["nothing"] = ("artifact-malformed", []),
    };

    public static TheoryData<string> Names => [.. Bad.Keys];

    private static byte[] Pax(string key, string value)
    {
        var body = $" {key}={value}\n";
        var length = body.Length + 1;
        while (length != body.Length + length.ToString().Length) length = body.Length + length.ToString().Length;
        return Entry("pax", 'x', length + body);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Pack_BadTar_IsRefused(string name)
    {
        using var directory = new TempDirectory();
        System.IO.File.WriteAllBytes(directory.In("a.tar"), Bad[name].Tar);
        var refused = Assert.Throws<ArtifactRefusedException>(() => ArtifactPacker.Pack(directory.In("a.tar"), Stream.Null));
        Assert.Equal(Bad[name].Id, refused.Id);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Unpack_BadTar_IsRefusedAndLeavesNothing(string name)
    {
        using var directory = new TempDirectory();
        var refused = Assert.Throws<ArtifactRefusedException>(() =>
            ArtifactUnpacker.Unpack(new MemoryStream(Bad[name].Tar), directory.In("target"), Digest.Of("x"u8)));
        // what would be refused for its content may be refused for its order first
        Assert.Contains(refused.Id, (string[])[Bad[name].Id, "artifact-not-canonical"]);
        Assert.Empty(System.IO.Directory.EnumerateFileSystemEntries(directory.Path));
    }

    [Fact]
    public void Docs_ExplainEveryRule()
    {
        var page = System.IO.File.ReadAllText(Path.Combine(Cases.Root, "docs", "artifacts.md"));
        foreach (var (id, _) in Bad.Values) Assert.Contains($"`{id}`", page);
    }

    [Fact]
    public void Refusal_AsFinding_HasALineToPaste()
    {
        var finding = new ArtifactRefusedException("artifact-setuid", "'a' is setuid or setgid", "a").ToFinding("dist");
        Assert.Equal(("dist", "chmod ug-s 'a'"), (finding.Locations[0].Path, finding.Help));
    }

    [Fact]
    public void Pack_Limits_AreEachKept()
    {
        string Refusal(byte[] tar, ArtifactLimits limits, string file = "a.tar")
        {
            using var directory = new TempDirectory();
            System.IO.File.WriteAllBytes(directory.In(file), tar);
            return Assert.Throws<ArtifactRefusedException>(() => ArtifactPacker.Pack(directory.In(file), Stream.Null, limits)).Id;
        }
        Assert.Equal("artifact-too-many-entries", Refusal(Tar(File("a/b"), File("a/c")), new(MaxEntries: 2)));
        Assert.Equal("artifact-too-large", Refusal(Tar(File("a", "12345"), File("b", "12345")), new(MaxBytes: 9)));
        Assert.Equal("artifact-too-large", Refusal(Tar(File("a", "12345"), Link("b", "a", '1')), new(MaxBytes: 9)));
        Assert.Equal("artifact-ratio", Refusal(Gzip(Tar(File("a", new string('a', 8 << 20)))), new(), "a.tgz"));
        Assert.Equal("artifact-ratio", Refusal(Zip(("a", new string('a', 8 << 20), 0)), new(), "a.zip"));
        Assert.Equal("artifact-too-many-entries", Refusal(Zip(("a", "", 0), ("b", "", 0), ("c", "", 0)), new(MaxEntries: 2), "a.zip"));
    }

    [Theory]
    [InlineData("artifact-parent-name", "../a", 0x81A4)]
    [InlineData("artifact-absolute-name", "/a", 0x81A4)]
    [InlineData("artifact-absolute-name", "a\\b", 0)]
    [InlineData("artifact-setuid", "a", 0x89ED)]
    [InlineData("artifact-device", "a", 0x21A4)]
    [InlineData("artifact-device", "a", 0x61A4)]
    [InlineData("artifact-device", "a", 0x11A4)]
    [InlineData("artifact-link-outside", "a", 0xA1FF)]
    public void Pack_BadZipEntry_IsRefused(string id, string name, int mode)
    {
        using var directory = new TempDirectory();
        System.IO.File.WriteAllBytes(directory.In("a.zip"), Zip((name, "../outside", mode)));
        Assert.Equal(id, Assert.Throws<ArtifactRefusedException>(() => ArtifactPacker.Pack(directory.In("a.zip"), Stream.Null)).Id);
    }

    [Fact]
    public void Pack_BadZip_IsRefused()
    {
        using var directory = new TempDirectory();
        string Refusal(byte[] zip)
        {
            System.IO.File.WriteAllBytes(directory.In("a.zip"), zip);
            return Assert.Throws<ArtifactRefusedException>(() => ArtifactPacker.Pack(directory.In("a.zip"), Stream.Null)).Id;
        }
        var good = Zip(("a", "hello", 0), ("b", "", 0));
        Assert.Equal("artifact-trailing-bytes", Refusal([.. good, 1]));
        Assert.Equal("artifact-malformed", Refusal(good[..^30]));
        Assert.Equal("artifact-duplicate-name", Refusal(Zip(("a", "1", 0), ("a", "2", 0))));
        Assert.Equal("artifact-colliding-name", Refusal(Zip(("a", "1", 0), ("A", "2", 0))));
        Assert.Equal("artifact-through-file", Refusal(Zip(("l", ".", 0xA1FF), ("l/x", "2", 0))));
    }

    [Fact]
    public void Pack_GzipWithTrailingBytes_IsRefused()
    {
        using var directory = new TempDirectory();
        System.IO.File.WriteAllBytes(directory.In("a.tgz"), [.. Gzip(Tar(File("a"))), .. "garbage"u8]);
        Assert.Equal("artifact-trailing-bytes", Assert.Throws<ArtifactRefusedException>(() => ArtifactPacker.Pack(directory.In("a.tgz"), Stream.Null)).Id);
    }

    [Fact]
    public void Pack_MutatedArchives_OnlyEverRefuse()
    {
        using var directory = new TempDirectory();
        byte[][] archives =
        [
            Tar(Crafted.Directory("d/"), File("d/a", "hello"), Link("l", "d/a"), Pax("path", new string('p', 120)), File("p")),
            Gzip(Tar(File("a", "hello"))),
            Zip(("d/", "", 0x41ED), ("d/a", "hello", 0x81A4), ("l", "d/a", 0xA1FF)),
        ];
        var random = new Random(7);
        for (var round = 0; round < 600; round++)
        {
            var bytes = archives[round % archives.Length].ToArray();
            for (var change = random.Next(1, 4); change > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var path = directory.In("a");
            System.IO.File.WriteAllBytes(path, random.Next(4) == 0 ? bytes[..random.Next(bytes.Length)] : bytes);
            try { ArtifactPacker.Pack(path, Stream.Null); }
            catch (ArtifactRefusedException) { }
        }
    }
}
