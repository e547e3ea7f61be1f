using System.Formats.Asn1;

namespace Signalbox.Tests.Evidence.Verification.Local;

/// <summary>DER as a tree, so that one part of what is valid can be another.</summary>
internal sealed class DerTree
{
    private const byte Constructed = 0x20;

    private DerTree(byte tag, byte[] value, List<DerTree> parts) => (Tag, Value, Parts) = (tag, value, parts);

    public byte Tag { get; set; }

    /// <summary>What a primitive holds.</summary>
    public byte[] Value { get; set; }

    public List<DerTree> Parts { get; }

    public DerTree this[int index] => Parts[index];

    public static DerTree Null => new(0x05, [], []);

    public static DerTree Read(ReadOnlyMemory<byte> der)
    {
        var (tag, content) = (der.Span[0], new AsnReader(der, AsnEncodingRules.DER).PeekContentBytes());
        if ((tag & Constructed) == 0) return new(tag, content.ToArray(), []);
        var parts = new List<DerTree>();
        for (var reader = new AsnReader(content, AsnEncodingRules.DER); reader.HasData;) parts.Add(Read(reader.ReadEncodedValue()));
        return new(tag, [], parts);
    }

    public static DerTree Write(Action<AsnWriter> write) => Read(LocalCertificate.Der1(write));

    public static byte[] Change(byte[] der, Action<DerTree> change)
    {
        var tree = Read(der);
        change(tree);
        return tree.Encode();
    }

    /// <summary>Changes the DER that an OCTET STRING holds.</summary>
    public void Inside(Action<DerTree> change) => Value = Change(Value, change);

    public byte[] Encode()
    {
        byte[] content = (Tag & Constructed) == 0 ? Value : [.. Parts.SelectMany(part => part.Encode())];
        return [Tag, .. Length(content.Length), .. content];
    }

    private static byte[] Length(int length) => length switch
    {
        < 0x80 => [(byte)length],
        < 0x100 => [0x81, (byte)length],
        < 0x10000 => [0x82, (byte)(length >> 8), (byte)length],
        _ => [0x83, (byte)(length >> 16), (byte)(length >> 8), (byte)length],
    };
}
