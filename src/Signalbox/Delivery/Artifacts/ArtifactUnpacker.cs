using System.Security.Cryptography;
using System.Text;

namespace Signalbox.Delivery.Artifacts;

/// <summary>Unpacks a canonical layer beside its place, verifies it, and puts it there whole and read-only, or not at all.</summary>
public static class ArtifactUnpacker
{
    /// <summary>Unpacks a layer that <see cref="ArtifactPacker"/> wrote.</summary>
    /// <param name="tar">Read to its end.</param>
    /// <param name="targetDirectory">Where the artifact shall be; its parent exists. One that is there already is left as it is.</param>
    /// <param name="expected">The artifact's digest: that of its manifest.</param>
    /// <exception cref="ArtifactRefusedException">A rule is broken or the digest is another; nothing is left behind.</exception>
    /// <exception cref="IOException">The disk is full or a path cannot be written; nothing is left behind.</exception>
    public static PackedArtifact Unpack(Stream tar, string targetDirectory, Digest expected, ArtifactLimits? limits = null)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(targetDirectory));
        var beside = $"{target}.unpacking-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        Directory.CreateDirectory(beside);
        try
        {
            var packed = Extract(tar, beside, limits ?? ArtifactLimits.Default);
            if (packed.Digest != expected) throw new ArtifactRefusedException("artifact-digest", $"the artifact's digest is {packed.Digest}; expected {expected}");
            MakeReadOnly(beside);
            MoveInPlace(beside, target);
            return packed;
        }
        finally
        {
            Delete(beside);
        }
    }

    /// <summary>Deletes an unpacked artifact, read-only as it is; one that is not there is fine.</summary>
    public static void Delete(string directory)
    {
        if (!Directory.Exists(directory)) return;
        SetDirectories(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.Delete(directory, recursive: true);
    }

    // another one that unpacks the same artifact may be there first; what it put there has the same digest
    private static void MoveInPlace(string beside, string target)
    {
        if (Directory.Exists(target)) return;
        try
        {
            Directory.Move(beside, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
        }
    }

    private static PackedArtifact Extract(Stream tar, string beside, ArtifactLimits limits)
    {
        using var raw = new HashingStream(tar);
        using var mirror = new CanonicalTar(Stream.Null);
        var scanner = new TarScanner(raw);
        var extractor = new ArtifactExtractor(beside, limits);
        byte[] before = [];
        while (scanner.Next() is { } item)
        {
            var entry = extractor.Add(item, scanner.Read, mirror) ?? throw NotCanonical("it names its root");
            var path = Encoding.UTF8.GetBytes(entry.Path);
            if (before.AsSpan().SequenceCompareTo(path) >= 0) throw NotCanonical("its entries are not sorted");
            before = path;
        }
        extractor.Finish();
        var (layer, canonical) = (raw.Finish(), mirror.Finish());
        if (layer != canonical || extractor.Entries != extractor.Tree.Count) throw NotCanonical("its headers differ from the canonical ones");
        return new(ArtifactManifest.DigestOf(layer, raw.Position), layer, raw.Position, extractor.Tree.FileCount);
    }

    private static ArtifactRefusedException NotCanonical(string why) =>
        new("artifact-not-canonical", $"the archive is not the canonical form of its tree: {why}");

    private static void MakeReadOnly(string directory) => SetDirectories(directory,
        UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

    // files got their modes when they were written; a link has none of its own
    private static void SetDirectories(string root, UnixFileMode mode)
    {
        var pending = new Stack<string>([root]);
        while (pending.TryPop(out var directory))
        {
            File.SetUnixFileMode(directory, mode);
            foreach (var child in new DirectoryInfo(directory).EnumerateDirectories())
                if (child.LinkTarget is null) pending.Push(child.FullName);
        }
    }
}
