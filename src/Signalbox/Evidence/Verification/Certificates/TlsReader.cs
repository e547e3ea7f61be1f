using System.Buffers.Binary;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Certificates;

/// <summary>TLS presentation language (RFC 8446 section 3): fixed bytes, and vectors with a length of two bytes.</summary>
internal sealed class TlsReader(ReadOnlyMemory<byte> bytes)
{
    private ReadOnlyMemory<byte> _rest = bytes;

    public bool HasData => _rest.Length > 0;

    public byte Byte() => Take(1)[0];

    public byte[] Bytes(int count) => Take(count).ToArray();

    public TlsReader Vector() => new(Take(BinaryPrimitives.ReadUInt16BigEndian(Take(2))).ToArray());

    public byte[] Rest() => Take(_rest.Length).ToArray();

    public void End()
    {
        if (HasData) throw new MalformedException("a signed certificate timestamp has bytes behind its end");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length) throw new MalformedException("a signed certificate timestamp is cut off");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken.Span;
    }
}
