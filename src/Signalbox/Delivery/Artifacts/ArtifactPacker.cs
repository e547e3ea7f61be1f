namespace Signalbox.Delivery.Artifacts;

/// <summary>Packs a directory or an archive (.tar, .tar.gz, .tgz, .zip) into its one canonical layer.</summary>
public static class ArtifactPacker
{
    /// <summary>The same tree gives the same bytes, whoever packs it, whenever, from a directory or an archive.</summary>
    /// <param name="output">Gets the uncompressed canonical tar.</param>
    /// <exception cref="ArtifactRefusedException">The input breaks a rule; what was written to output is to be thrown away.</exception>
    /// <exception cref="IOException">The input is not there or cannot be read.</exception>
    public static PackedArtifact Pack(string path, Stream output, ArtifactLimits? limits = null)
    {
        limits ??= ArtifactLimits.Default;
        if (Directory.Exists(path)) return PackDirectory(path, output, limits, IgnoreRules.Of(path));
        if (!File.Exists(path)) throw new FileNotFoundException($"there is no directory or archive '{path}'", path);
        var scratch = Directory.CreateTempSubdirectory("signalbox-pack-").FullName;
        try
        {
            ArchiveReader.Extract(path, scratch, limits);
            return PackDirectory(scratch, output, limits, IgnoreRules.Of(scratch));
        }
        finally
        {
            ArtifactUnpacker.Delete(scratch);
        }
    }

    /// <summary>An artifact that was unpacked, whole: whoever packed it first decided what is in it.</summary>
    /// <inheritdoc cref="Pack"/>
    public static PackedArtifact PackAgain(string directory, Stream output) => PackDirectory(directory, output, ArtifactLimits.Default, IgnoreRules.None);

    private static PackedArtifact PackDirectory(string directory, Stream output, ArtifactLimits limits, IgnoreRules ignore)
    {
        var (tree, entries) = DirectoryScan.Of(directory, limits, ignore);
        using var tar = new CanonicalTar(output);
        foreach (var entry in entries) Add(tar, directory, entry);
        var layer = tar.Finish();
        return new(ArtifactManifest.DigestOf(layer, tar.Size), layer, tar.Size, tree.FileCount);
    }

    private static void Add(CanonicalTar tar, string directory, ArtifactEntry entry)
    {
        if (entry.Kind != ArtifactEntryKind.File || entry.Size == 0)
        {
            tar.Add(entry, null);
            return;
        }
        using var content = new FileStream(Path.Combine(directory, entry.Path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        tar.Add(entry, content);
    }
}
