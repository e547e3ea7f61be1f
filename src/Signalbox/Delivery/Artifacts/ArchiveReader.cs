using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Signalbox.Delivery.Artifacts;

/// <summary>Extracts an archive that a user names: what it is, is told by its first bytes.</summary>
internal static class ArchiveReader
{
    public static void Extract(string path, string root, ArtifactLimits limits)
    {
        using var file = File.OpenRead(path);
        var extractor = new ArtifactExtractor(root, limits);
        try
        {
            Extract(file, extractor, limits);
        }
        // what .NET's readers throw on broken input
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw new ArtifactRefusedException("artifact-malformed", $"this is no archive that can be read: {e.Message.TrimEnd('.')}");
        }
        extractor.Finish();
    }

    private static void Extract(FileStream file, ArtifactExtractor extractor, ArtifactLimits limits)
    {
        Span<byte> magic = stackalloc byte[4];
        var read = file.ReadAtLeast(magic, 4, throwOnEndOfStream: false);
        file.Position = 0;
        if (read == 4 && magic is [0x50, 0x4B, 3 or 5, 4 or 6]) Zip(file, extractor, limits);
        else if (read >= 2 && magic is [0x1F, 0x8B, ..]) Gzip(file, extractor, limits);
        else Tar(file, extractor);
    }

    private static void Tar(Stream tar, ArtifactExtractor extractor)
    {
        var scanner = new TarScanner(tar);
        while (scanner.Next() is { } item) extractor.Add(item, scanner.Read);
    }

    private static void Gzip(FileStream file, ArtifactExtractor extractor, ArtifactLimits limits)
    {
        using var plain = new InflatingStream(new GZipStream(file, CompressionMode.Decompress, leaveOpen: true), () => file.Position, limits);
        Tar(plain, extractor);
        // RFC 1952, 2.3.1: the last four bytes are the content's size; .NET ignores what follows them
        Span<byte> size = stackalloc byte[4];
        file.Position = file.Length - 4;
        file.ReadExactly(size);
        if (BinaryPrimitives.ReadUInt32LittleEndian(size) != (uint)plain.Position)
            throw new ArtifactRefusedException("artifact-trailing-bytes", "bytes follow the end of the gzip stream");
    }

    private static void Zip(FileStream file, ArtifactExtractor extractor, ArtifactLimits limits)
    {
        CheckZipEnd(file, limits);
        file.Position = 0;
        using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        foreach (var entry in zip.Entries) Add(entry, extractor, limits);
    }

    private static void Add(ZipArchiveEntry entry, ArtifactExtractor extractor, ArtifactLimits limits)
    {
        if (entry.IsEncrypted) throw ArtifactPath.Refused("artifact-malformed", entry.FullName, "is encrypted");
        // the high half is the Unix mode where a Unix made the archive, else 0
        var mode = entry.ExternalAttributes >> 16 & 0xFFFF;
        var type = (mode & 0xF000, entry.FullName.EndsWith('/')) switch
        {
            (0xA000, _) => '2',
            (0x4000, _) or (0, true) or (0x8000, true) => '5',
            (0 or 0x8000, false) => '0',
            (0x6000, _) => '4',
            (0x2000, _) => '3',
            (0x1000, _) or (0xC000, _) => '6',
            _ => '?',
        };
        using var content = new InflatingStream(entry.Open(), () => entry.CompressedLength, limits);
        var target = type == '2' ? LinkTarget(entry, content) : "";
        extractor.Add(new(entry.FullName, type, mode & 0xFFF, type == '0' ? entry.Length : 0, target), content.Read);
        if (type == '0' && content.ReadByte() >= 0) throw ArtifactPath.Refused("artifact-malformed", entry.FullName, "is longer than the archive says");
    }

    private static string LinkTarget(ZipArchiveEntry entry, InflatingStream content)
    {
        var bytes = new byte[4097];
        var read = content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read <= 4096 ? Encoding.UTF8.GetString(bytes, 0, read) : throw ArtifactPath.Refused("artifact-link", entry.FullName, "is a link with no usable target");
    }

    // APPNOTE 4.3.16: the end record is the last thing, but for a comment whose length it states
    private static void CheckZipEnd(FileStream file, ArtifactLimits limits)
    {
        var tail = new byte[Math.Min(file.Length, 22 + ushort.MaxValue)];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        var at = tail.AsSpan().LastIndexOf("PK\x05\x06"u8);
        if (at < 0 || tail.Length - at < 22) throw new ArtifactRefusedException("artifact-malformed", "this is no zip that can be read: it has no end record");
        var end = tail.AsSpan(at);
        if (end.Length != 22 + BinaryPrimitives.ReadUInt16LittleEndian(end[20..]))
            throw new ArtifactRefusedException("artifact-trailing-bytes", "bytes follow the end of the archive");
        // an entry takes 46 bytes in the central directory at least: refuse before all of it is read
        var directory = BinaryPrimitives.ReadUInt32LittleEndian(end[12..]);
        if (directory != uint.MaxValue && directory / 46 > limits.MaxEntries)
            throw new ArtifactRefusedException("artifact-too-many-entries", $"there are more than {limits.MaxEntries:N0} entries");
    }
}
