using System.Diagnostics;
using System.Text;
using CsCheck;
using Signalbox.Delivery;
using Signalbox.Delivery.Artifacts;

namespace Signalbox.Tests.Delivery.Artifacts;

public sealed class ArtifactRoundTripTests
{
    private static (PackedArtifact Artifact, byte[] Tar) Pack(string path)
    {
        var output = new MemoryStream();
        return (ArtifactPacker.Pack(path, output), output.ToArray());
    }

    private static TempDirectory Sample()
    {
        var directory = new TempDirectory();
        directory.Write("app/server.js", "hello");
        directory.Write("app/lib/b.js", "b");
        directory.Write("app/lib.js", "");
        directory.Write("app/run.sh", "#!/bin/sh\n");
        directory.Write("app/" + new string('n', 120) + "é", "long");
        Directory.CreateDirectory(directory.In("app/empty"));
        File.SetUnixFileMode(directory.In("app/run.sh"), (UnixFileMode)0x1C0);
        File.CreateSymbolicLink(directory.In("app/current"), "lib/b.js");
        return directory;
    }

    private static void Run(string directory, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = directory, RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public void Pack_KnownTree_HasTheDigestItAlwaysHad()
    {
        using var directory = Sample();
        var (artifact, tar) = Pack(directory.In("app"));
        Assert.Equal(Digest.Of(tar), artifact.LayerDigest);
        Assert.Equal(tar.Length, artifact.Size);
        Assert.Equal(6, artifact.Files);
        Assert.Equal(Digest.Of(ArtifactManifest.Bytes(artifact.LayerDigest, artifact.Size)), artifact.Digest);
        // a change of this value breaks every digest ever recorded
        Assert.Equal(KnownDigest, artifact.Digest.Value);
    }

    private const string KnownDigest = "sha256:af6a7c8b9c6d0045c2e66cb2bfa5e6fed82b28c8128adeea3b2afabe6be88f7d";

    [Fact]
    public void Manifest_Bytes_AreThese() => Assert.Equal(
        """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/vnd.signalbox.artifact.v1","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2}]}""",
        Encoding.UTF8.GetString(ArtifactManifest.Bytes(Digest.Of("{}"u8), 2)));

    [Fact]
    public void Pack_TimesOwnersAndModes_DoNotCount()
    {
        using var first = Sample();
        using var second = Sample();
        File.SetLastWriteTimeUtc(second.In("app/server.js"), new(2001, 2, 3, 0, 0, 0, DateTimeKind.Utc));
        File.SetUnixFileMode(second.In("app/server.js"), (UnixFileMode)0x1B6);
        Assert.Equal(Pack(first.In("app")).Artifact, Pack(second.In("app")).Artifact);
    }

    [Fact]
    public void Pack_Archives_HaveTheDigestOfTheirDirectory()
    {
        using var directory = Sample();
        var app = directory.In("app");
        directory.Write("app/.git/HEAD", "x");
        File.WriteAllText(directory.In("app/.signalboxignore"), "*.log\n");
        directory.Write("app/a.log", "x");
        var expected = Pack(app).Artifact;
        foreach (var (name, arguments) in new (string, string[])[]
        {
            ("gnu.tar", ["-cf", "../gnu.tar", "--format=gnu", "."]), ("pax.tar", ["-cf", "../pax.tar", "--format=pax", "."]),
            ("z.tgz", ["-czf", "../z.tgz", "."]),
        })
        {
            Run(app, "tar", arguments);
            Assert.Equal(expected, Pack(directory.In(name)).Artifact);
        }
        using (var zip = System.IO.Compression.ZipFile.Open(directory.In("a.zip"), System.IO.Compression.ZipArchiveMode.Create)) AddAll(zip, app);
        Assert.Equal(expected, Pack(directory.In("a.zip")).Artifact);
    }

    private static void AddAll(System.IO.Compression.ZipArchive zip, string app)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(app, "*", SearchOption.AllDirectories))
        {
            var (info, name) = (new FileInfo(path), Path.GetRelativePath(app, path));
            var isDirectory = info.Attributes.HasFlag(FileAttributes.Directory);
            var entry = zip.CreateEntry(isDirectory ? name + "/" : name);
            entry.ExternalAttributes = ((info.LinkTarget is not null ? 0xA000 : isDirectory ? 0x4000 : 0x8000) | (int)info.UnixFileMode) << 16;
            if (isDirectory) continue;
            using var stream = entry.Open();
            stream.Write(info.LinkTarget is { } target ? Encoding.UTF8.GetBytes(target) : File.ReadAllBytes(path));
        }
    }

    [Fact]
    public void Pack_HardLinks_AreFiles()
    {
        using var directory = new TempDirectory();
        directory.Write("app/a", "same");
        Run(directory.In("app"), "ln", "a", "b");
        Run(directory.In("app"), "tar", "-cf", "../a.tar", ".");
        Assert.Equal(Pack(directory.In("app")).Artifact, Pack(directory.In("a.tar")).Artifact);
    }

    [Fact]
    public void Pack_Tar_IsReadByTheTarProgram()
    {
        using var directory = Sample();
        File.WriteAllBytes(directory.In("a.tar"), Pack(directory.In("app")).Tar);
        Directory.CreateDirectory(directory.In("out"));
        Run(directory.In("out"), "tar", "-xf", "../a.tar");
        Assert.Equal(Pack(directory.In("app")).Artifact, Pack(directory.In("out")).Artifact);
    }

    [Fact]
    public void Unpack_Packed_IsReadOnlyAndPacksToTheSame()
    {
        using var directory = Sample();
        var (artifact, tar) = Pack(directory.In("app"));
        Assert.Equal(artifact, ArtifactUnpacker.Unpack(new MemoryStream(tar), directory.In("out"), artifact.Digest));
        Assert.Equal(artifact, Pack(directory.In("out")).Artifact);
        Assert.Equal((UnixFileMode)0x124, File.GetUnixFileMode(directory.In("out/server.js")));
        Assert.Equal((UnixFileMode)0x16D, File.GetUnixFileMode(directory.In("out/run.sh")));
        Assert.Equal((UnixFileMode)0x16D, File.GetUnixFileMode(directory.In("out/lib")));
        Assert.Equal("b", File.ReadAllText(directory.In("out/current")));
        ArtifactUnpacker.Unpack(new MemoryStream(tar), directory.In("out"), artifact.Digest);
        ArtifactUnpacker.Delete(directory.In("out"));
        Assert.Equal([directory.In("app")], Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public void Unpack_ManyAtOnce_AllSucceed()
    {
        using var directory = Sample();
        var (artifact, tar) = Pack(directory.In("app"));
        Parallel.For(0, 8, _ => ArtifactUnpacker.Unpack(new MemoryStream(tar), directory.In("out"), artifact.Digest));
        Assert.Equal(artifact, Pack(directory.In("out")).Artifact);
        Assert.Equal(2, Directory.GetFileSystemEntries(directory.Path).Length);
    }

    [Fact]
    public void Pack_AndUnpack_LargeTree_IsTheSameTree()
    {
        using var directory = new TempDirectory();
        for (var i = 0; i < 2000; i++) directory.Write($"app/d{i % 50}/f{i}", "content");
        File.WriteAllBytes(directory.In("app/large"), new byte[8 << 20]);
        var (artifact, tar) = Pack(directory.In("app"));
        ArtifactUnpacker.Unpack(new MemoryStream(tar), directory.In("out"), artifact.Digest);
        Assert.Equal(artifact, Pack(directory.In("out")).Artifact);
    }

    [Fact]
    public void Unpack_OtherDigest_IsRefusedAndLeavesNothing()
    {
        using var directory = Sample();
        var (artifact, tar) = Pack(directory.In("app"));
        var refused = Assert.Throws<ArtifactRefusedException>(() => ArtifactUnpacker.Unpack(new MemoryStream(tar), directory.In("out"), artifact.LayerDigest));
        Assert.Equal("artifact-digest", refused.Id);
        Assert.Equal([directory.In("app")], Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public void Unpack_NotCanonical_IsRefused()
    {
        using var directory = new TempDirectory();
        byte[][] tars =
        [
            Crafted.Tar(Crafted.File("b"), Crafted.File("a")),
            Crafted.Tar(Crafted.File("a/b")),
            Crafted.Tar(Crafted.File("a", mode: 0x180)),
            [.. Crafted.Tar(Crafted.File("a")), .. new byte[512]],
            Crafted.Tar(Crafted.Directory("./")),
        ];
        foreach (var tar in tars)
        {
            var digest = ArtifactManifest.DigestOf(Digest.Of(tar), tar.Length);
            Assert.Equal("artifact-not-canonical",
                Assert.Throws<ArtifactRefusedException>(() => ArtifactUnpacker.Unpack(new MemoryStream(tar), directory.In("out"), digest)).Id);
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory.Path));
    }

    [Fact]
    public void Unpack_RandomTrees_RoundTrip()
    {
        var name = Gen.Char["abcABé"].Array[1, 3].Select(c => new string(c));
        var tree = Gen.Select(name, name, Gen.String[0, 700]).Array[0, 8];
        tree.Sample(files =>
        {
            using var directory = new TempDirectory();
            Directory.CreateDirectory(directory.In("app"));
            foreach (var (folder, file, text) in files)
                directory.Write($"app/{folder.ToUpperInvariant()}/{file.ToUpperInvariant()}", text);
            var (artifact, tar) = Pack(directory.In("app"));
            ArtifactUnpacker.Unpack(new MemoryStream(tar), directory.In("out"), artifact.Digest);
            return Pack(directory.In("out")).Artifact == artifact;
        }, iter: 100);
    }

    [Fact]
    public void Pack_DirectoryWithAPipeOrLinkOutside_IsRefused()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory.In("app"));
        Run(directory.In("app"), "mkfifo", "pipe");
        Assert.Equal("artifact-device", Assert.Throws<ArtifactRefusedException>(() => Pack(directory.In("app"))).Id);
        File.Delete(directory.In("app/pipe"));
        File.CreateSymbolicLink(directory.In("app/out"), "../secret");
        Assert.Equal("artifact-link-outside", Assert.Throws<ArtifactRefusedException>(() => Pack(directory.In("app"))).Id);
    }

    [Theory]
    [InlineData("*.log", "a.log", true)]
    [InlineData("*.log", "d/a.log", true)]
    [InlineData("/a.log", "d/a.log", false)]
    [InlineData("d/*.log", "d/a.log", true)]
    [InlineData("d/*.log", "d/e/a.log", false)]
    [InlineData("d/**/a.log", "d/e/f/a.log", true)]
    [InlineData("d/**/a.log", "d/a.log", true)]
    [InlineData("d/**", "d/a", true)]
    [InlineData("d/**", "d", false)]
    [InlineData("d/", "d", false)]
    [InlineData("?.js", "ab.js", false)]
    [InlineData("# a", "# a", false)]
    [InlineData("x", ".git", true)]
    [InlineData("x", ".signalbox", true)]
    [InlineData("!.git", ".git", false)]
    [InlineData("x", "node_modules", false)]
    [InlineData("x", ".env", false)]
    public void Ignore_Patterns_AreThoseOfGitignore(string pattern, string path, bool ignored) =>
        Assert.Equal(ignored, IgnoreRules.Parse([pattern]).Ignores(path, directory: false));

    [Theory]
    [InlineData("x", ".env", true)]
    [InlineData("x", "api/.env.production", true)]
    [InlineData("x", "api/.env.example", false)]
    [InlineData("x", "api/.environment", false)]
    [InlineData("!/.env", ".env", false)]
    [InlineData("!/.env", "api/.env", true)]
    public void Ignore_OfAnArtifact_LeavesSecretsOut(string pattern, string path, bool ignored) =>
        Assert.Equal(ignored, IgnoreRules.OfArtifact([pattern]).Ignores(path, directory: false));

    /// <summary>What went out with it before stays part of what it is.</summary>
    [Fact]
    public void PackAgain_HasAllThatWasUnpacked()
    {
        using var directory = new TempDirectory();
        directory.Write("app/.env", "KEY=1\n");
        directory.Write("app/index.js", "\n");
        Assert.Equal((1, 2), (ArtifactPacker.Pack(directory.In("app"), Stream.Null).Files, ArtifactPacker.PackAgain(directory.In("app"), Stream.Null).Files));
    }
}
