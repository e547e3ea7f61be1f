using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Keys;
using Signalbox.Evidence.Verification.Notation;

namespace Signalbox.Tests.Evidence.Verification.Notation;

/// <summary>Envelopes in JSON, piece by piece: what is read, and the one thing for which each is refused.</summary>
public sealed class JwsEnvelopeTests
{
    private static byte[] Envelope(Action<JsonObject>? signed = null, Action<JsonObject>? whole = null)
    {
        var header = new JsonObject
        {
            ["alg"] = "ES256",
            ["cty"] = NotationAttributes.ContentType,
            ["crit"] = new JsonArray(NotationAttributes.SchemeName),
            [NotationAttributes.SchemeName] = "notary.x509",
            [NotationAttributes.SigningTimeName] = "2026-01-31T12:00:00Z",
        };
        signed?.Invoke(header);
        var envelope = new JsonObject
        {
            ["payload"] = Base64Url.EncodeToString("{}"u8),
            ["protected"] = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header.ToJsonString())),
            ["header"] = new JsonObject { ["x5c"] = new JsonArray("AQ==") },
            ["signature"] = Base64Url.EncodeToString([1, 2, 3]),
        };
        whole?.Invoke(envelope);
        return Encoding.UTF8.GetBytes(envelope.ToJsonString());
    }

    private static NotationEnvelope Read(Action<JsonObject>? signed = null, Action<JsonObject>? whole = null) => NotationEnvelope.Read(Envelope(signed, whole));

    private static void Refused(string saying, Action<JsonObject>? signed = null, Action<JsonObject>? whole = null) =>
        Assert.Contains(saying, Assert.Throws<MalformedException>(() => Read(signed, whole)).Message, StringComparison.Ordinal);

    [Fact]
    public void Envelope_IsReadWithAllItsParts()
    {
        var envelope = Read(whole: e => e["header"]![NotationAttributes.TimestampName] = "Bwg=");
        Assert.Equal(("JWS", SignatureScheme.EcdsaSha256), (envelope.Form, envelope.Scheme));
        Assert.Equal(new NotationAttributes("notary.x509", new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero), null), envelope.Attributes);
        Assert.Equal("7b7d 010203 0708 01", string.Join(' ', new[] { envelope.Payload, envelope.Signature, envelope.Timestamp!, Assert.Single(envelope.Certificates) }.Select(part => Convert.ToHexStringLower(part))));
        Assert.Null(Read().Timestamp);
    }

    /// <summary>Which form it is the first sign says that is no space.</summary>
    [Fact]
    public void Form_IsSeenBehindSpace_UpToALimit()
    {
        var envelope = Envelope();
        Assert.Equal("JWS", NotationEnvelope.Read((byte[])[.. " \t\r\n"u8, .. envelope]).Form);
        byte[] Padded(int length) => [.. envelope, .. Enumerable.Repeat((byte)' ', length - envelope.Length)];
        Assert.Equal("JWS", NotationEnvelope.Read(Padded(4 << 20)).Form);
        Assert.Equal("the envelope has 4194305 bytes; the most is 4194304", Assert.Throws<MalformedException>(() => NotationEnvelope.Read(Padded((4 << 20) + 1))).Message);
        Assert.Equal("the envelope is not well-formed CBOR", Assert.Throws<MalformedException>(() => NotationEnvelope.Read("x"u8.ToArray())).Message);
    }

    [Fact]
    public void Field_ThatIsNotUnderstoodOrMissing_IsRefused()
    {
        Refused("the envelope has a field 'more' that is not understood", whole: e => e["more"] = "x");
        foreach (var name in new[] { "payload", "protected", "header", "signature" }) Refused($"the envelope.{name} is missing", whole: e => e.Remove(name));
        Refused("the protected header.alg is missing", h => h.Remove("alg"));
        Refused("the algorithm is 'none'; expected one of PS256, PS384, PS512, ES256, ES384, ES512", h => h["alg"] = "none");
        Refused("the payload is not base64url in its canonical form", whole: e => e["payload"] = "e30=");
        Refused("the protected header is not base64url in its canonical form", whole: e => e["protected"] = "?");
        Refused("the signature is not base64url in its canonical form", whole: e => e["signature"] = "AQJ");
        Refused("a critical attribute is not named by a string", h => h["crit"] = new JsonArray(1));
    }

    [Fact]
    public void Certificates_AreOneToTen()
    {
        static void Of(JsonObject envelope, int count) => envelope["header"]!["x5c"] = new JsonArray([.. Enumerable.Repeat("AQ==", count).Select(text => JsonValue.Create(text))]);
        Assert.Equal(10, Read(whole: e => Of(e, 10)).Certificates.Count);
        Refused("the envelope has 11 certificates; expected 1 to 10", whole: e => Of(e, 11));
        Refused("the envelope has 0 certificates; expected 1 to 10", whole: e => Of(e, 0));
        Refused("the envelope has 0 certificates; expected 1 to 10", whole: e => e["header"] = new JsonObject());
        Refused("a certificate is not canonical base64", whole: e => e["header"]!["x5c"] = new JsonArray(1));
        Refused("a certificate is not canonical base64", whole: e => e["header"]!["x5c"] = new JsonArray("AQ"));
    }

    [Theory]
    [InlineData("2026-01-31T12:00:00Z", 0)]
    [InlineData("2026-01-31T14:00:00+02:00", 0)]
    [InlineData("2026-01-31T05:00:00-07:00", 0)]
    [InlineData("2026-01-31T12:00:00.25Z", 250)]
    [InlineData("2026-01-31T14:00:00.25+02:00", 250)]
    [InlineData("2026-01-31T12:00:00", null)]
    [InlineData("2026-01-31T12:00:00.25", null)]
    [InlineData("2026-01-31 12:00:00Z", null)]
    [InlineData("2026-01-31T12:00Z", null)]
    [InlineData("2026-02-31T12:00:00Z", null)]
    [InlineData("x", null)]
    public void Time_SaysItsZone(string text, int? milliseconds)
    {
        void Set(JsonObject header) => header[NotationAttributes.SigningTimeName] = text;
        if (milliseconds is { } more) Assert.Equal(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero).AddMilliseconds(more), Read(Set).Attributes.SigningTime);
        else Refused($"io.cncf.notary.signingTime is '{text}'; expected a time such as 2026-01-31T12:00:00Z", Set);
    }
}

/// <summary>Rules about attributes that both forms share.</summary>
public sealed class NotationAttributesTests
{
    private static readonly DateTimeOffset s_signing = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero), s_authentic = s_signing.AddHours(1), s_expiry = s_signing.AddDays(1);

    private static NotationAttributes Of(
        string? scheme = "notary.x509", bool signing = true, bool authentic = false, bool expiry = false, string? contentType = NotationAttributes.ContentType, string critical = NotationAttributes.SchemeName, string present = NotationAttributes.SchemeName) =>
        NotationAttributes.Of(contentType, scheme, signing ? s_signing : null, authentic ? s_authentic : null, expiry ? s_expiry : null, critical.Split(' ', StringSplitOptions.RemoveEmptyEntries), present.Split(' ').ToHashSet());

    private static void Refused(string saying, Func<NotationAttributes> read) => Assert.Contains(saying, Assert.Throws<MalformedException>(read).Message, StringComparison.Ordinal);

    private const string Authority = "notary.x509.signingAuthority", Both = NotationAttributes.SchemeName + " " + NotationAttributes.AuthenticTimeName, WithExpiry = NotationAttributes.SchemeName + " " + NotationAttributes.ExpiryName;

    [Fact]
    public void Time_IsTheSchemes()
    {
        Assert.Equal(new NotationAttributes("notary.x509", s_signing, null), Of());
        Assert.Equal(new NotationAttributes(Authority, s_authentic, null), Of(Authority, signing: false, authentic: true, critical: Both, present: Both));
        Assert.Equal(new NotationAttributes("notary.x509", s_signing, s_expiry), Of(expiry: true, critical: WithExpiry, present: WithExpiry));
        const string X509 = "the scheme notary.x509 must have io.cncf.notary.signingTime and not the other time", ByAuthority = $"the scheme {Authority} must have io.cncf.notary.authenticSigningTime and not the other time";
        Refused(X509, () => Of(signing: false));
        Refused(X509, () => Of(signing: false, authentic: true, critical: Both, present: Both));
        Refused(X509, () => Of(authentic: true, critical: Both, present: Both));
        Refused(ByAuthority, () => Of(Authority, signing: false));
        Refused(ByAuthority, () => Of(Authority));
        Refused(ByAuthority, () => Of(Authority, authentic: true, critical: Both, present: Both));
    }

    [Fact]
    public void TypeAndScheme_AreKnown()
    {
        Refused("the envelope's content type is ''; expected application/vnd.cncf.notary.payload.v1+json", () => Of(contentType: null));
        Refused("the envelope's content type is 'text/plain'", () => Of(contentType: "text/plain"));
        Refused("the signing scheme is ''; expected notary.x509 or notary.x509.signingAuthority", () => Of(scheme: null));
        Refused("the signing scheme is 'other'", () => Of(scheme: "other"));
    }

    [Fact]
    public void Critical_IsWhatMustBe_AndNothingElse()
    {
        Refused("the attribute io.cncf.notary.signingScheme must be critical", () => Of(critical: ""));
        Refused("the attribute io.cncf.notary.expiry must be critical", () => Of(expiry: true, present: WithExpiry));
        Refused("the attribute io.cncf.notary.authenticSigningTime must be critical", () => Of(Authority, signing: false, authentic: true, present: Both));
        Refused("the critical attribute 'io.cncf.notary.expiry' is not there", () => Of(expiry: true, critical: WithExpiry));
        Refused("the critical attribute 'plugin' is not understood", () => Of(critical: NotationAttributes.SchemeName + " plugin", present: NotationAttributes.SchemeName + " plugin"));
        Refused("a critical attribute is named twice", () => Of(critical: WithExpiry + " " + NotationAttributes.SchemeName, expiry: true, present: WithExpiry));
    }
}
