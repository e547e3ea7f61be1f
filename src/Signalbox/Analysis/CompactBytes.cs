using System.Buffers.Binary;
using System.Text;

namespace Signalbox.Analysis;

/// <summary>Writes the judge's saved forms: variable-length integers, doubles by their bits.</summary>
internal sealed class CompactWriter
{
    private byte[] _bytes = new byte[256];
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public void Byte(byte value) => Reserve(1)[0] = value;

    public void Long(long value)
    {
        // zigzag, so that small negative numbers stay small
        var rest = (ulong)((value << 1) ^ (value >> 63));
        for (; rest >= 0x80; rest >>= 7) Byte((byte)(rest | 0x80));
        Byte((byte)rest);
    }

    public void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Reserve(8), value);

    public void Text(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        Long(bytes.Length);
        Bytes(bytes);
    }

    public void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Reserve(value.Length));

    private Span<byte> Reserve(int count)
    {
        while (_length + count > _bytes.Length) Array.Resize(ref _bytes, _bytes.Length * 2);
        _length += count;
        return _bytes.AsSpan(_length - count, count);
    }
}

/// <summary>Reads what <see cref="CompactWriter"/> wrote. Bytes may be hostile: past the end every read gives 0 and <see cref="Ok"/> is false.</summary>
internal ref struct CompactReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public bool Ok { get; private set; } = true;

    public readonly bool AtEnd => _rest.IsEmpty;

    public byte Byte() => Take(1) is [var b] ? b : (byte)0;

    public long Long()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = Byte();
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return (long)(value >> 1) ^ -(long)(value & 1);
        }
        Ok = false;
        return 0;
    }

    /// <summary>A count between 0 and <paramref name="max"/>; anything else is not one of ours.</summary>
    public int Count(int max)
    {
        var value = Long();
        if (value >= 0 && value <= max) return (int)value;
        Ok = false;
        return 0;
    }

    public double Double() => Take(8) is { Length: 8 } b ? BinaryPrimitives.ReadDoubleLittleEndian(b) : 0;

    /// <summary>A number that is neither negative nor infinite.</summary>
    public double Magnitude()
    {
        var value = Double();
        if (double.IsFinite(value) && value >= 0) return value;
        Ok = false;
        return 0;
    }

    public string Text() => Encoding.UTF8.GetString(Take(Count(4096)));

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            Ok = false;
            _rest = default;
            return default;
        }
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
