namespace Signalbox.Delivery.Artifacts;

/// <summary>
/// Writes an archive's entries into an empty directory of its own. Links are made last, after every rule was looked at,
/// so that nothing is ever written through one.
/// </summary>
internal sealed class ArtifactExtractor(string root, ArtifactLimits limits)
{
    private readonly byte[] _buffer = new byte[128 * 1024];

    public delegate int ReadContent(Span<byte> buffer);

    public ArtifactTree Tree { get; } = new(limits);

    public int Entries { get; private set; }

    /// <returns>The entry as it stands in the tree, or null where it is the root itself.</returns>
    public ArtifactEntry? Add(TarItem item, ReadContent read, CanonicalTar? mirror = null)
    {
        var path = ArtifactPath.Normalise(item.Name, limits);
        var entry = item.Type switch
        {
            '0' or '\0' or '7' when !item.Name.EndsWith('/') => File(path, item),
            '0' or '5' => new ArtifactEntry(path, ArtifactEntryKind.Directory),
            '2' => new(path, ArtifactEntryKind.Link, LinkTarget: item.LinkTarget),
            '1' => HardLink(path, item),
            '3' or '4' or '6' => throw ArtifactPath.Refused("artifact-device", path, "is a device or pipe"),
            _ => throw ArtifactPath.Refused("artifact-entry-type", path, $"has the entry type '{(char.IsControl(item.Type) ? '?' : item.Type)}', which is not read"),
        };
        if (path.Length == 0) return entry.Kind == ArtifactEntryKind.Directory ? null : throw new ArtifactRefusedException("artifact-name", "a file has no name");
        Entries++;
        Tree.Add(entry);
        mirror?.Begin(entry);
        Write(entry, item, read, mirror);
        return entry;
    }

    /// <summary>Makes the links, once all are known to lead nowhere outside.</summary>
    public void Finish()
    {
        Tree.CheckLinks();
        foreach (var link in Tree.Links) System.IO.File.CreateSymbolicLink(On(link.Path), link.LinkTarget!);
    }

    private static ArtifactEntry File(string path, TarItem item)
    {
        if ((item.Mode & 0xC00) != 0) throw ArtifactPath.Refused("artifact-setuid", path, "is setuid or setgid");
        return new(path, ArtifactEntryKind.File, (item.Mode & 0x40) != 0, item.Size);
    }

    // tar writes a file's second name as a link to its first: the canonical form has it as a file again
    private ArtifactEntry HardLink(string path, TarItem item)
    {
        var target = ArtifactPath.Normalise(item.LinkTarget, limits);
        return Tree.Find(target) is { Kind: ArtifactEntryKind.File } first
            ? first with { Path = path }
            : throw ArtifactPath.Refused("artifact-link-outside", path, $"is a hard link to '{ArtifactPath.Show(target)}', which is no file before it in the archive");
    }

    private void Write(ArtifactEntry entry, TarItem item, ReadContent read, CanonicalTar? mirror)
    {
        if (entry.Kind == ArtifactEntryKind.Link) Directory.CreateDirectory(Path.GetDirectoryName(On(entry.Path))!);
        else if (entry.Kind == ArtifactEntryKind.Directory) Directory.CreateDirectory(On(entry.Path));
        else if (item.Type != '1') WriteFile(entry, read, mirror);
        else
        {
            using var first = System.IO.File.OpenRead(On(ArtifactPath.Normalise(item.LinkTarget, limits)));
            WriteFile(entry, first.Read, mirror);
        }
    }

    private void WriteFile(ArtifactEntry entry, ReadContent read, CanonicalTar? mirror)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(On(entry.Path))!);
        using var file = new FileStream(On(entry.Path), FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
        for (var left = entry.Size; left > 0;)
        {
            var count = read(_buffer.AsSpan(0, (int)Math.Min(_buffer.Length, left)));
            if (count == 0) throw ArtifactPath.Refused("artifact-malformed", entry.Path, "is cut short");
            file.Write(_buffer, 0, count);
            mirror?.Write(_buffer.AsSpan(0, count));
            left -= count;
        }
        mirror?.End(entry);
        const UnixFileMode readable = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        System.IO.File.SetUnixFileMode(file.SafeFileHandle, entry.Executable ? readable | executable : readable);
    }

    private string On(string path) => Path.Combine(root, path);
}
