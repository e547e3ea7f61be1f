using System.Formats.Asn1;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Certificates;

/// <summary>X.501 names (RFC 5280 section 4.1.2.4), for people and for policies that name parts of one.</summary>
internal static class DistinguishedName
{
    /// <summary>Every attribute in order, by its short name where it has one.</summary>
    /// <exception cref="AsnContentException">It is not a name.</exception>
    public static IReadOnlyList<(string Type, string Value)> Attributes(ReadOnlyMemory<byte> name)
    {
        var attributes = new List<(string, string)>();
        for (var sets = new AsnReader(name, AsnEncodingRules.DER).ReadSequence(); sets.HasData;)
            for (var set = sets.ReadSetOf(); set.HasData;)
            {
                var attribute = set.ReadSequence();
                var oid = attribute.ReadObjectIdentifier();
                attributes.Add((ShortName(oid), ReadText(attribute)));
            }
        return attributes;
    }

    public static string ForPeople(ReadOnlyMemory<byte> name)
    {
        try
        {
            var attributes = Attributes(name);
            var best = attributes.FirstOrDefault(a => a.Type == "CN").Value ?? attributes.FirstOrDefault(a => a.Type == "O").Value;
            return JsonFields.Shown(best ?? "a name without common name");
        }
        catch (AsnContentException)
        {
            return "a malformed name";
        }
    }

    private static string ShortName(string oid) => oid switch
    {
        "2.5.4.3" => "CN",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "STREET",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "0.9.2342.19200300.100.1.25" => "DC",
        "0.9.2342.19200300.100.1.1" => "UID",
        _ => oid,
    };

    private static string ReadText(AsnReader attribute)
    {
        var tag = attribute.PeekTag();
        return tag.TagClass == TagClass.Universal && (UniversalTagNumber)tag.TagValue is var kind
            && kind is UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String
                or UniversalTagNumber.T61String or UniversalTagNumber.BMPString
            ? attribute.ReadCharacterString(kind)
            : Convert.ToHexStringLower(attribute.ReadEncodedValue().Span);
    }
}
