using System.Formats.Cbor;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Notation;

/// <summary>A signature as CBOR (signature-envelope-cose.md: COSE_Sign1_Tagged, RFC 9052 section 4.2).</summary>
internal static class CoseEnvelopeReader
{
    private const ulong Sign1 = 18, EpochTime = 1;
    private const long Algorithm = 1, Critical = 2, ContentType = 3, Chain = 33;
    private const int MostHeaders = 50;

    public static NotationEnvelope Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return ReadStrictly(bytes);
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException or OverflowException or FormatException)
        {
            throw new MalformedException("the envelope is not well-formed CBOR", e);
        }
    }

    private static NotationEnvelope ReadStrictly(ReadOnlyMemory<byte> bytes)
    {
        var reader = new CborReader(bytes, CborConformanceMode.Strict);
        if ((ulong)reader.ReadTag() != Sign1 || reader.ReadStartArray() != 4) throw new MalformedException("the envelope is not a tagged COSE_Sign1");
        var header = reader.ReadByteString();
        var signed = ReadProtected(header);
        var unsigned = ReadUnprotected(reader);
        var (payload, signature) = (reader.ReadByteString(), reader.ReadByteString());
        reader.ReadEndArray();
        if (reader.BytesRemaining > 0) throw new MalformedException("there is something behind the envelope");
        return new("COSE", ToBeSigned(header, payload), payload, NotationAlgorithms.FromCose(signed.Algorithm ?? throw new MalformedException("the envelope names no algorithm")), signature,
            unsigned.Chain ?? throw new MalformedException("the envelope has no certificate chain"), signed.ToAttributes(), unsigned.Timestamp);
    }

    /// <summary>Sig_structure of RFC 9052 section 4.4.</summary>
    private static byte[] ToBeSigned(byte[] header, byte[] payload)
    {
        var writer = new CborWriter(CborConformanceMode.Strict);
        writer.WriteStartArray(4);
        writer.WriteTextString("Signature1");
        writer.WriteByteString(header);
        writer.WriteByteString([]);
        writer.WriteByteString(payload);
        writer.WriteEndArray();
        return writer.Encode();
    }

    private sealed class ProtectedHeader
    {
        public long? Algorithm;
        public string? ContentType, Scheme;
        public DateTimeOffset? Signing, Authentic, Expiry;
        public readonly List<string> Critical = [];
        public readonly HashSet<string> Present = new(StringComparer.Ordinal);

        public NotationAttributes ToAttributes() => NotationAttributes.Of(ContentType, Scheme, Signing, Authentic, Expiry, Critical, Present);
    }

    private static ProtectedHeader ReadProtected(byte[] bytes)
    {
        var (header, reader) = (new ProtectedHeader(), new CborReader(bytes, CborConformanceMode.Strict));
        for (var left = Headers(reader); left > 0; left--) ReadProtected(reader, header);
        reader.ReadEndMap();
        if (reader.BytesRemaining > 0) throw new MalformedException("there is something behind the protected header");
        return header;
    }

    private static void ReadProtected(CborReader reader, ProtectedHeader header)
    {
        var (label, name) = Label(reader);
        header.Present.Add(name ?? Named(label!.Value));
        switch (label, name)
        {
            case (Algorithm, _): header.Algorithm = reader.ReadInt64(); break;
            case (Critical, _): ReadCritical(reader, header.Critical); break;
            case (ContentType, _): header.ContentType = reader.ReadTextString(); break;
            case (_, NotationAttributes.SchemeName): header.Scheme = reader.ReadTextString(); break;
            case (_, NotationAttributes.SigningTimeName): header.Signing = Time(reader); break;
            case (_, NotationAttributes.AuthenticTimeName): header.Authentic = Time(reader); break;
            case (_, NotationAttributes.ExpiryName): header.Expiry = Time(reader); break;
            default: reader.SkipValue(); break;
        }
    }

    private static (IReadOnlyList<byte[]>? Chain, byte[]? Timestamp) ReadUnprotected(CborReader reader)
    {
        (IReadOnlyList<byte[]>? Chain, byte[]? Timestamp) found = default;
        for (var left = Headers(reader); left > 0; left--)
            switch (Label(reader))
            {
                case (Chain, _): found.Chain = ReadChain(reader); break;
                case (_, NotationAttributes.TimestampName): found.Timestamp = reader.ReadByteString(); break;
                default: reader.SkipValue(); break;
            }
        reader.ReadEndMap();
        return found;
    }

    private static int Headers(CborReader reader) => reader.ReadStartMap() is { } count and <= MostHeaders ? count : throw new MalformedException($"a header of the envelope has no length, or more than {MostHeaders} entries");

    private static (long? Label, string? Name) Label(CborReader reader) => reader.PeekState() switch
    {
        CborReaderState.TextString => (null, reader.ReadTextString()),
        CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger => (reader.ReadInt64(), null),
        _ => throw new MalformedException("a header of the envelope is named by neither a number nor a text"),
    };

    // a number that no text can be
    private static string Named(long label) => "label " + label.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static void ReadCritical(CborReader reader, List<string> critical)
    {
        if (reader.ReadStartArray() is not (> 0 and <= MostHeaders)) throw new MalformedException("the list of critical headers is empty or has no end");
        while (reader.PeekState() != CborReaderState.EndArray) critical.Add(Label(reader) is var (label, name) && name is not null ? name : Named(label!.Value));
        reader.ReadEndArray();
    }

    private static List<byte[]> ReadChain(CborReader reader)
    {
        if (reader.ReadStartArray() is not (> 0 and <= NotationEnvelope.MostCertificates)) throw new MalformedException($"the envelope's chain is empty or has more than {NotationEnvelope.MostCertificates} certificates");
        var chain = new List<byte[]>();
        while (reader.PeekState() != CborReaderState.EndArray) chain.Add(reader.ReadByteString());
        reader.ReadEndArray();
        return chain;
    }

    private static DateTimeOffset Time(CborReader reader)
    {
        if ((ulong)reader.ReadTag() != EpochTime) throw new MalformedException("a time in the envelope is not one");
        var seconds = reader.ReadInt64();
        return seconds is >= 0 and <= 253402300799 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : throw new MalformedException("a time in the envelope is out of range");
    }
}
