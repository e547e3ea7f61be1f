using System.Formats.Asn1;
using System.Security.Cryptography;
using Signalbox.Tests.Evidence.Verification.Notation;

namespace Signalbox.Tests.Evidence.Verification.Revocation;

/// <summary>An answer of a responder (RFC 6960 section 4.2.1), each part of which may be wrong.</summary>
/// <param name="Issuer">Of the certificate that is asked about; signs, unless another does.</param>
internal sealed record LocalOcsp(RevocationSigner Issuer, byte[] Serial)
{
    private static DateTimeOffset Now => LocalNotation.Now;

    public int Status { get; init; }

    public string Kind { get; init; } = "1.3.6.1.5.5.7.48.1.1";

    public RevocationSigner? By { get; init; }

    public byte[]? Algorithm { get; init; }

    public IReadOnlyList<byte[]> Certificates { get; init; } = [];

    public string Hash { get; init; } = "1.3.14.3.2.26";

    /// <summary>Of the hash that names the certificate.</summary>
    public HashAlgorithmName HashName { get; init; } = HashAlgorithmName.SHA1;

    public byte[]? NameHash { get; init; }

    public byte[]? KeyHash { get; init; }

    /// <summary>0 good, 1 revoked, 2 unknown, others are none.</summary>
    public int State { get; init; }

    public bool WithVersion { get; init; }

    /// <summary>Extensions of the one answer and of all, each with whether it is critical.</summary>
    public bool? SingleExtension { get; init; }

    public bool? Extension { get; init; }

    public DateTimeOffset Made { get; init; } = Now.AddHours(-1);

    public DateTimeOffset Next { get; init; } = Now.AddHours(1);

    /// <summary>Serial numbers that the answer speaks of before the one that is asked about.</summary>
    public IReadOnlyList<byte[]> Others { get; init; } = [];

    /// <summary>Where something stands that does not belong: id, single, data, basic.</summary>
    public string? MoreIn { get; init; }

    public byte[] Der()
    {
        var body = LocalRevocation.Der(WriteData);
        var basic = LocalRevocation.Der(w => WriteBasic(w, body));
        return LocalRevocation.Der(w =>
        {
            using var response = w.PushSequence();
            w.WriteEncodedValue([0x0a, 1, (byte)Status]);
            using var wrapper = w.PushSequence(Tag(0));
            using var bytes = w.PushSequence();
            w.WriteObjectIdentifier(Kind);
            w.WriteOctetString(basic);
        });
    }

    private void WriteBasic(AsnWriter w, byte[] body)
    {
        using var basic = w.PushSequence();
        w.WriteEncodedValue(body);
        w.WriteEncodedValue(Algorithm ?? (By ?? Issuer).Algorithm);
        w.WriteBitString((By ?? Issuer).Sign(body));
        if (Certificates.Count > 0)
            using (w.PushSequence(Tag(0)))
            using (w.PushSequence())
                foreach (var certificate in Certificates) w.WriteEncodedValue(certificate);
        More(w, "basic");
    }

    private void WriteData(AsnWriter w)
    {
        using var data = w.PushSequence();
        if (WithVersion)
            using (w.PushSequence(Tag(0))) w.WriteInteger(0);
        using (w.PushSequence(Tag(1))) w.WriteEncodedValue((By ?? Issuer).Name);
        w.WriteGeneralizedTime(Made, omitFractionalSeconds: true);
        using (w.PushSequence())
            foreach (var serial in Others.Append(Serial)) WriteSingle(w, serial);
        WriteExtension(w, Extension);
        More(w, "data");
    }

    private void WriteSingle(AsnWriter w, byte[] serial)
    {
        using var single = w.PushSequence();
        using (w.PushSequence())
        {
            using (w.PushSequence()) w.WriteObjectIdentifier(Hash);
            w.WriteOctetString(NameHash ?? CryptographicOperations.HashData(HashName, Issuer.Name));
            w.WriteOctetString(KeyHash ?? CryptographicOperations.HashData(HashName, Issuer.KeyBits));
            w.WriteInteger(serial);
            More(w, "id");
        }
        w.WriteNull(new Asn1Tag(TagClass.ContextSpecific, State));
        w.WriteGeneralizedTime(Made, omitFractionalSeconds: true);
        using (w.PushSequence(Tag(0))) w.WriteGeneralizedTime(Next, omitFractionalSeconds: true);
        WriteExtension(w, SingleExtension);
        More(w, "single");
    }

    private static void WriteExtension(AsnWriter w, bool? critical)
    {
        if (critical is not { } isCritical) return;
        using var wrapper = w.PushSequence(Tag(1));
        using var list = w.PushSequence();
        LocalRevocation.Extension(w, "1.2.3.4", isCritical, [5, 0]);
    }

    private void More(AsnWriter w, string place)
    {
        if (MoreIn == place) w.WriteNull();
    }

    private static Asn1Tag Tag(int number) => new(TagClass.ContextSpecific, number);
}
