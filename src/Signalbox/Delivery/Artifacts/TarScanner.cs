using System.Globalization;
using System.Text;

namespace Signalbox.Delivery.Artifacts;

/// <summary>One entry of a tar with its long names applied.</summary>
internal sealed record TarItem(string Name, char Type, int Mode, long Size, string LinkTarget);

/// <summary>
/// Reads a tar (ustar, pax, GNU long names) one entry at a time and refuses what is not one. Written here because
/// System.Formats.Tar allocates what an extended header claims to need and does not look behind the end mark.
/// </summary>
internal sealed class TarScanner(Stream input)
{
    private const int BlockSize = 512;
    private const int MostExtended = 64 * 1024;
    private readonly byte[] _block = new byte[BlockSize];
    private long _left;
    private int _padding;

    /// <returns>Null after the last entry; the input is then read to its end.</returns>
    /// <exception cref="ArtifactRefusedException">This is no tar, or it is cut short, or something follows its end.</exception>
    public TarItem? Next()
    {
        Skip();
        var (name, link, size) = ((string?)null, (string?)null, (long?)null);
        while (true)
        {
            Fill(_block);
            if (!_block.AsSpan().ContainsAnyExcept((byte)0))
            {
                ReadEnd();
                return name is null && link is null ? null : throw Malformed("a long name belongs to no entry");
            }
            var item = Header();
            switch (item.Type)
            {
                case 'x': (name, link, size) = Extended(Text(item), name, link, size); break;
                case 'g': Extended(Text(item), null, null, null, global: true); break;
                case 'L': name = Text(item).TrimEnd('\0'); break;
                case 'K': link = Text(item).TrimEnd('\0'); break;
                default: return Entry(item with { Name = name ?? item.Name, LinkTarget = link ?? item.LinkTarget, Size = size ?? item.Size });
            }
        }
    }

    /// <summary>Reads the content of the entry that <see cref="Next"/> gave.</summary>
    public int Read(Span<byte> buffer)
    {
        var read = input.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
        if (read == 0 && _left > 0 && buffer.Length > 0) throw Malformed("it is cut short");
        _left -= read;
        return read;
    }

    private TarItem Entry(TarItem item)
    {
        // links, directories and devices have no content, whatever the size field says (POSIX ustar)
        var size = item.Type is '0' or '\0' or '7' ? item.Size : 0;
        Begin(size);
        return item with { Size = size };
    }

    private void Begin(long size)
    {
        _left = size;
        _padding = (int)((BlockSize - size % BlockSize) % BlockSize);
    }

    private void Skip()
    {
        Span<byte> scratch = stackalloc byte[4096];
        while (_left > 0) Read(scratch);
        Fill(_block.AsSpan(0, _padding));
        if (_block.AsSpan(0, _padding).ContainsAnyExcept((byte)0)) throw Malformed("there are bytes between two entries");
        _padding = 0;
    }

    private void Fill(Span<byte> block)
    {
        if (input.ReadAtLeast(block, block.Length, throwOnEndOfStream: false) < block.Length) throw Malformed("it is cut short");
    }

    private void ReadEnd()
    {
        Fill(_block);
        if (_block.AsSpan().ContainsAnyExcept((byte)0)) throw Trailing();
        var buffer = new byte[16 * 1024];
        for (var padding = 0L; ;)
        {
            var read = input.Read(buffer);
            if (read == 0) return;
            // writers pad to a record of 20 blocks, some to a tape's block; a megabyte of nothing is something else
            if ((padding += read) > 1024 * 1024 || buffer.AsSpan(0, read).ContainsAnyExcept((byte)0)) throw Trailing();
        }
    }

    private TarItem Header()
    {
        var sum = 8 * ' ';
        for (var i = 0; i < BlockSize; i++) sum += i is >= 148 and < 156 ? 0 : _block[i];
        if (Number(148, 8) != sum) throw Malformed("a header's checksum is wrong");
        var posix = _block.AsSpan(257, 6).SequenceEqual("ustar\0"u8);
        var name = Field(0, 100);
        if (posix && Field(345, 155) is { Length: > 0 } prefix) name = prefix + "/" + name;
        var type = (char)_block[156];
        if (type == '\0' && name.EndsWith('/')) type = '5';
        return new(name, type, (int)(Number(100, 8) & 0xFFF), Number(124, 12), Field(157, 100));
    }

    private string Field(int at, int length)
    {
        var field = _block.AsSpan(at, length);
        var end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    private long Number(int at, int length)
    {
        var field = _block.AsSpan(at, length);
        // GNU's base 256, used for sizes of 8 GiB and more
        if ((field[0] & 0x80) != 0) return Base256(field);
        var value = 0L;
        foreach (var digit in field.Trim((byte)' ').Trim((byte)0).Trim((byte)' '))
        {
            if (digit is < (byte)'0' or > (byte)'7' || value > long.MaxValue >> 3) throw Malformed("a header has a number that is none");
            value = (value << 3) | (uint)(digit - '0');
        }
        return value;
    }

    private static long Base256(ReadOnlySpan<byte> field)
    {
        if (field[0] != 0x80) throw Malformed("a header has a number that is none");
        var value = 0L;
        foreach (var b in field[1..])
        {
            if (value > long.MaxValue >> 8) throw Malformed("a header has a number that is none");
            value = (value << 8) | b;
        }
        return value;
    }

    private string Text(TarItem item)
    {
        if (item.Size is < 0 or > MostExtended) throw Malformed($"an extended header is larger than {MostExtended} bytes");
        var bytes = new byte[item.Size];
        Fill(bytes);
        Begin(item.Size);
        _left = 0;
        Skip();
        return Encoding.UTF8.GetString(bytes);
    }

    // records are "LENGTH key=value\n", the length in bytes of the whole record
    private static (string? Name, string? Link, long? Size) Extended(string text, string? name, string? link, long? size, bool global = false)
    {
        var bytes = Encoding.UTF8.GetBytes(text).AsSpan();
        while (bytes.Length > 0)
        {
            var space = bytes.IndexOf((byte)' ');
            if (space <= 0 || !int.TryParse(bytes[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length <= space + 1 || length > bytes.Length || bytes[length - 1] != '\n') throw Malformed("an extended header has a broken record");
            var record = Encoding.UTF8.GetString(bytes[(space + 1)..(length - 1)]);
            bytes = bytes[length..];
            var equals = record.IndexOf('=');
            if (equals <= 0) throw Malformed("an extended header has a broken record");
            var (key, value) = (record[..equals], record[(equals + 1)..]);
            if (key is not ("path" or "linkpath" or "size") && !key.StartsWith("GNU.sparse", StringComparison.Ordinal)) continue;
            if (global || key[0] == 'G') throw Malformed($"the extended header '{ArtifactPath.Show(key)}' is not read");
            if (key == "path") name = value;
            else if (key == "linkpath") link = value;
            else size = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var s) ? s : throw Malformed("an extended header has a size that is none");
        }
        return (name, link, size);
    }

    private static ArtifactRefusedException Malformed(string why) => new("artifact-malformed", $"this is no tar that can be read: {why}");

    private static ArtifactRefusedException Trailing() => new("artifact-trailing-bytes", "bytes follow the end of the archive");
}
