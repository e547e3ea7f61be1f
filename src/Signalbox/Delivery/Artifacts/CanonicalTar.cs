using System.Security.Cryptography;
using System.Text;

namespace Signalbox.Delivery.Artifacts;

/// <summary>
/// Writes the one tar that a tree has: entries sorted by their path's bytes, directories named, owner 0, time 0, modes 644 and 755,
/// POSIX ustar with a pax record only for names that do not fit, two zero blocks at the end.
/// </summary>
/// <remarks>The headers are written here rather than by a library, so that no later version of one can change a digest.</remarks>
internal sealed class CanonicalTar(Stream output) : IDisposable
{
    private const int BlockSize = 512;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Size { get; private set; }

    /// <param name="content">Exactly as many bytes as the entry says; null but for files.</param>
    /// <exception cref="ArtifactRefusedException">The content has another length.</exception>
    public void Add(ArtifactEntry entry, Stream? content)
    {
        Begin(entry);
        if (content is null) return;
        var buffer = new byte[128 * 1024];
        for (var left = entry.Size; left > 0;)
        {
            var read = content.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (read == 0) throw Changed(entry);
            Write(buffer.AsSpan(0, read));
            left -= read;
        }
        if (content.ReadByte() >= 0) throw Changed(entry);
        End(entry);
    }

    /// <summary>Writes an entry's header; its content follows through <see cref="Write"/>.</summary>
    public void Begin(ArtifactEntry entry)
    {
        var name = entry.Kind == ArtifactEntryKind.Directory ? entry.Path + "/" : entry.Path;
        var records = (Fits(name) ? "" : Pax("path", name)) + (entry.LinkTarget is { } target && !Fits(target) ? Pax("linkpath", target) : "");
        if (records.Length > 0)
        {
            var bytes = Encoding.UTF8.GetBytes(records);
            Header("pax", "", 'x', 0x1A4, bytes.Length);
            Write(bytes);
            Pad(bytes.Length);
        }
        var type = entry.Kind switch { ArtifactEntryKind.Directory => '5', ArtifactEntryKind.Link => '2', _ => '0' };
        var mode = entry.Executable || entry.Kind != ArtifactEntryKind.File ? 0x1ED : 0x1A4; // 0755, 0644
        Header(name, entry.LinkTarget ?? "", type, mode, entry.Size);
    }

    public void End(ArtifactEntry entry) => Pad(entry.Size);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        output.Write(bytes);
        Size += bytes.Length;
    }

    /// <summary>Ends the tar.</summary>
    /// <returns>The digest of all its bytes.</returns>
    public Digest Finish()
    {
        Write(new byte[2 * BlockSize]);
        return Digest.FromHash(_hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();

    private static ArtifactRefusedException Changed(ArtifactEntry entry) => ArtifactPath.Refused("artifact-changed", entry.Path, "changed while it was read");

    private static bool Fits(string name) => name.Length <= 100 && Ascii.IsValid(name);

    private void Header(string name, string link, char type, int mode, long size)
    {
        Span<byte> header = stackalloc byte[BlockSize];
        header.Clear();
        Put(header[..100], name);
        Octal(header[100..108], mode);
        Octal(header[108..116], 0);
        Octal(header[116..124], 0);
        Octal(header[124..136], size);
        Octal(header[136..148], 0);
        header[148..156].Fill((byte)' ');
        header[156] = (byte)type;
        Put(header[157..257], link);
        "ustar\0"u8.CopyTo(header[257..]);
        "00"u8.CopyTo(header[263..]);
        var sum = 0;
        foreach (var b in header) sum += b;
        Octal(header[148..155], sum);
        Write(header);
    }

    // a name that does not fit has its pax record; the old field keeps as much of it as is ASCII and fits
    private static void Put(Span<byte> field, string text)
    {
        for (var i = 0; i < Math.Min(field.Length, text.Length); i++) field[i] = char.IsAscii(text[i]) ? (byte)text[i] : (byte)'_';
    }

    private static void Octal(Span<byte> field, long value)
    {
        for (var i = field.Length - 2; i >= 0; i--, value >>= 3) field[i] = (byte)('0' + (value & 7));
        field[^1] = 0;
    }

    private void Pad(long size)
    {
        var rest = (int)(size % BlockSize);
        if (rest > 0) Write(new byte[BlockSize - rest]);
    }

    // "LENGTH key=value\n", the length counting its own digits (POSIX pax, "Extended Header")
    private static string Pax(string key, string value)
    {
        var body = Encoding.UTF8.GetByteCount(value) + key.Length + 3;
        var length = body + 1;
        while (length != body + length.ToString(System.Globalization.CultureInfo.InvariantCulture).Length)
            length = body + length.ToString(System.Globalization.CultureInfo.InvariantCulture).Length;
        return $"{length} {key}={value}\n";
    }
}
