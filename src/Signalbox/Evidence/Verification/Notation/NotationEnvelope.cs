using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Keys;

namespace Signalbox.Evidence.Verification.Notation;

/// <summary>A Notary Project signature, read and not verified (notaryproject/specifications, signature-specification.md).</summary>
/// <param name="Form">JWS or COSE.</param>
/// <param name="Signed">The bytes that the signature is over.</param>
/// <param name="Payload">A JSON document that names the artifact.</param>
/// <param name="Signature">ECDSA as r and s at the curve's full width.</param>
/// <param name="Certificates">DER, the leaf first and the root last.</param>
/// <param name="Timestamp">An RFC 3161 TimeStampToken over the signature; null where there is none.</param>
internal sealed record NotationEnvelope(
    string Form, byte[] Signed, byte[] Payload, SignatureScheme Scheme, byte[] Signature, IReadOnlyList<byte[]> Certificates, NotationAttributes Attributes, byte[]? Timestamp)
{
    /// <summary>Envelopes are kilobytes: a chain, a token and a descriptor.</summary>
    public const int LargestEnvelope = 4 << 20;

    public const int MostCertificates = 10;

    /// <exception cref="MalformedException">It is neither form.</exception>
    public static NotationEnvelope Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > LargestEnvelope) throw new MalformedException($"the envelope has {bytes.Length} bytes; the most is {LargestEnvelope}");
        return bytes.Span.TrimStart(" \t\r\n"u8) is [(byte)'{', ..] ? JwsEnvelopeReader.Read(bytes) : CoseEnvelopeReader.Read(bytes);
    }

    public bool Verify(VerificationKey key) => key is EcdsaKey ecdsa
        ? ecdsa.VerifyFixed(Scheme, SignedData.Of(Signed), Signature)
        : key.Verify(Scheme, Signed, Signature);
}

/// <summary>What the signer says beside the payload; signed with it.</summary>
/// <param name="SigningTime">What the signer's clock said: decides nothing in scheme <see cref="X509"/>, and the authority vouches for it in <see cref="SigningAuthority"/>.</param>
internal sealed record NotationAttributes(string Scheme, DateTimeOffset SigningTime, DateTimeOffset? Expiry)
{
    public const string X509 = "notary.x509", SigningAuthority = "notary.x509.signingAuthority", ContentType = "application/vnd.cncf.notary.payload.v1+json";

    public const string SchemeName = "io.cncf.notary.signingScheme", SigningTimeName = "io.cncf.notary.signingTime",
        AuthenticTimeName = "io.cncf.notary.authenticSigningTime", ExpiryName = "io.cncf.notary.expiry", TimestampName = "io.cncf.notary.timestampSignature";

    /// <summary>Puts the attributes together by the rules that both forms share.</summary>
    /// <param name="critical">Names that a reader must understand: one that is not understood refuses the envelope, a plugin's above all.</param>
    /// <param name="present">All names in the protected header.</param>
    /// <exception cref="MalformedException">One is missing, too much, or not understood.</exception>
    public static NotationAttributes Of(string? contentType, string? scheme, DateTimeOffset? signing, DateTimeOffset? authentic, DateTimeOffset? expiry, IReadOnlyList<string> critical, IReadOnlySet<string> present)
    {
        if (contentType != ContentType) throw new MalformedException($"the envelope's content type is '{JsonFields.Shown(contentType ?? "")}'; expected {ContentType}");
        if (scheme is not (X509 or SigningAuthority)) throw new MalformedException($"the signing scheme is '{JsonFields.Shown(scheme ?? "")}'; expected {X509} or {SigningAuthority}");
        CheckCritical(critical, present, [SchemeName, .. authentic is null ? Array.Empty<string>() : [AuthenticTimeName], .. expiry is null ? Array.Empty<string>() : [ExpiryName]]);
        var time = scheme == X509 ? signing : authentic;
        if (time is null || (scheme == X509 ? authentic : signing) is not null) throw new MalformedException($"the scheme {scheme} must have {(scheme == X509 ? SigningTimeName : AuthenticTimeName)} and not the other time");
        return new(scheme, time.Value, expiry);
    }

    private static void CheckCritical(IReadOnlyList<string> critical, IReadOnlySet<string> present, string[] must)
    {
        if (critical.Distinct().Count() != critical.Count) throw new MalformedException("a critical attribute is named twice");
        foreach (var name in critical)
            if (!present.Contains(name)) throw new MalformedException($"the critical attribute '{JsonFields.Shown(name)}' is not there");
            else if (!must.Contains(name)) throw new MalformedException($"the critical attribute '{JsonFields.Shown(name)}' is not understood");
        foreach (var name in must)
            if (!critical.Contains(name)) throw new MalformedException($"the attribute {name} must be critical");
    }
}
