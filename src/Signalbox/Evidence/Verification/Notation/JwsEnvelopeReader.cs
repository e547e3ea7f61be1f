using System.Globalization;
using System.Text;
using System.Text.Json;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Notation;

/// <summary>A signature as JSON (signature-envelope-jws.md: flattened JWS, RFC 7515 section 7.2.2).</summary>
internal static class JwsEnvelopeReader
{
    private static readonly string[] s_times = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public static NotationEnvelope Read(ReadOnlyMemory<byte> bytes)
    {
        var envelope = JsonFields.Parse(bytes, "the envelope").Only("payload", "protected", "header", "signature");
        var (signedHeader, payload) = (envelope.RequiredText("protected"), envelope.RequiredText("payload"));
        var header = JsonFields.Parse(CanonicalBase64Url.Decode(signedHeader, "the protected header"), "the protected header");
        var unsigned = envelope.RequiredObject("header");
        return new(
            "JWS", Encoding.ASCII.GetBytes($"{signedHeader}.{payload}"), CanonicalBase64Url.Decode(payload, "the payload"), NotationAlgorithms.FromJose(header.RequiredText("alg")),
            CanonicalBase64Url.Decode(envelope.RequiredText("signature"), "the signature"), Certificates(unsigned), Attributes(header), unsigned.Bytes(NotationAttributes.TimestampName));
    }

    private static NotationAttributes Attributes(JsonFields header) => NotationAttributes.Of(
        header.Text("cty"), header.Text(NotationAttributes.SchemeName), Time(header, NotationAttributes.SigningTimeName), Time(header, NotationAttributes.AuthenticTimeName),
        Time(header, NotationAttributes.ExpiryName), [.. header.List("crit").Select(Name)], header.Element.EnumerateObject().Select(property => property.Name).ToHashSet(StringComparer.Ordinal));

    private static string Name(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new MalformedException("a critical attribute is not named by a string");

    private static DateTimeOffset? Time(JsonFields header, string name)
    {
        if (header.Text(name) is not { } text) return null;
        return DateTimeOffset.TryParseExact(text, s_times, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) && (text.EndsWith('Z') || text[^6] is '+' or '-')
            ? time
            : throw new MalformedException($"{name} is '{JsonFields.Shown(text)}'; expected a time such as 2026-01-31T12:00:00Z");
    }

    private static IReadOnlyList<byte[]> Certificates(JsonFields header)
    {
        var chain = header.List("x5c");
        if (chain.Count is 0 or > NotationEnvelope.MostCertificates) throw new MalformedException($"the envelope has {chain.Count} certificates; expected 1 to {NotationEnvelope.MostCertificates}");
        return [.. chain.Select(entry => CanonicalBase64.Decode(entry.ValueKind == JsonValueKind.String ? entry.GetString()! : "?", "a certificate"))];
    }
}
