using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Signalbox.Ledger;

/// <summary>
/// SHA-256 over fields that are each preceded by their length (32 bits, big-endian), so that no two different
/// lists of fields give the same bytes. docs/spec/ledger.md has the layout.
/// </summary>
internal sealed class EnvelopeHash : IDisposable
{
    // a lone surrogate would become U+FFFD and two different texts would share a hash
    internal static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public EnvelopeHash(string domain) => Text(domain);

    public EnvelopeHash Bytes(ReadOnlySpan<byte> field)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, field.Length);
        _hash.AppendData(length);
        _hash.AppendData(field);
        return this;
    }

    public EnvelopeHash Number(long field)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, field);
        return Bytes(bytes);
    }

    public EnvelopeHash Text(string field) => Bytes(StrictUtf8.GetBytes(field));

    public byte[] Finish() => _hash.GetHashAndReset();

    public void Dispose() => _hash.Dispose();
}
