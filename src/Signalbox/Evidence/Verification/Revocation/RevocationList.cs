using System.Formats.Asn1;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;

namespace Signalbox.Evidence.Verification.Revocation;

/// <summary>
/// A certificate revocation list (RFC 5280 section 5) of a certificate's own issuer. One for some reasons alone, of several
/// issuers, or with deltas beside it does not tell everything, and is not taken.
/// </summary>
internal static class RevocationList
{
    private const string IssuingPoint = "2.5.29.28", FreshestList = "2.5.29.46";
    private const int ListSigning = 6;

    /// <param name="address">Where it lies, as the certificate names it.</param>
    /// <returns>Good or Revoked.</returns>
    /// <exception cref="MalformedException">It is no such list, or not one of now.</exception>
    public static RevocationState Read(ReadOnlyMemory<byte> der, Uri address, Certificate certificate, Certificate issuer, DateTimeOffset now)
    {
        try
        {
            var list = Signed(der, issuer);
            if (list.PeekTag().HasSameClassAndValue(Asn1Tag.Integer) && (!list.TryReadInt32(out var version) || version != 1)) throw new MalformedException("the list is not of version 2");
            list.ReadEncodedValue();
            if (!list.ReadEncodedValue().Span.SequenceEqual(issuer.Subject.Span)) throw new MalformedException("the list is of another issuer");
            RevocationTimes.Check(CertificateReader.ReadTime(list), IsTime(list) ? CertificateReader.ReadTime(list) : null, now);
            var isIn = list.HasData && list.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence) && Has(list.ReadSequence(), certificate);
            if (list.HasData) CheckExtensions(list.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)), address, certificate);
            list.ThrowIfNotEmpty();
            return isIn ? RevocationState.Revoked : RevocationState.Good;
        }
        catch (AsnContentException e)
        {
            throw new MalformedException("the list is not well-formed DER", e);
        }
    }

    private static AsnReader Signed(ReadOnlyMemory<byte> der, Certificate issuer)
    {
        var reader = new AsnReader(der, AsnEncodingRules.DER);
        var outer = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        var toBeSigned = outer.PeekEncodedValue();
        var list = outer.ReadSequence();
        var scheme = SignatureAlgorithms.Read(outer.ReadSequence()) ?? throw new MalformedException("the list is signed with an algorithm that is not understood");
        var signature = outer.ReadBitString(out _);
        outer.ThrowIfNotEmpty();
        if (issuer.Use.KeyUsage is { } usage && (usage.Count <= ListSigning || !usage[ListSigning])) throw new MalformedException($"{issuer.SubjectName} may not sign lists");
        return issuer.Key.Verify(scheme, toBeSigned, signature) ? list : throw new MalformedException("the list is not signed by the certificate's issuer");
    }

    private static bool IsTime(AsnReader list) =>
        list.HasData && (list.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) || list.PeekTag().HasSameClassAndValue(Asn1Tag.GeneralizedTime));

    private static bool Has(AsnReader entries, Certificate certificate)
    {
        var found = false;
        while (entries.HasData)
        {
            var entry = entries.ReadSequence();
            found |= entry.ReadIntegerBytes().Span.SequenceEqual(certificate.Serial.Span);
            CertificateReader.ReadTime(entry);
            if (entry.HasData && CertificateReader.ReadExtensions(entry).Exists(extension => extension.Critical)) throw new MalformedException("an entry of the list has a critical extension, which is not understood");
        }
        return found;
    }

    private static void CheckExtensions(AsnReader wrapper, Uri address, Certificate certificate)
    {
        foreach (var extension in CertificateReader.ReadExtensions(wrapper))
            if (extension.Oid == FreshestList) throw new MalformedException("the list has deltas beside it, which are not read");
            else if (extension.Oid == IssuingPoint) CheckScope(new AsnReader(extension.Value, AsnEncodingRules.DER).ReadSequence(), address, certificate);
            else if (extension.Critical) throw new MalformedException($"the list has the critical extension {extension.Oid}, which is not understood");
    }

    /// <summary>IssuingDistributionPoint (section 5.2.5): the list must be for this address and for this kind of certificate.</summary>
    private static void CheckScope(AsnReader scope, Uri address, Certificate certificate)
    {
        if (Next(scope, 0) && !RevocationPoints.ReadFullName(scope.ReadSequence(Tag(0))).Any(name => Uri.TryCreate(name, UriKind.Absolute, out var known) && known == address))
            throw new MalformedException("the list is of another place than the certificate names");
        if (Next(scope, 1) && scope.ReadBoolean(Tag(1)) && certificate.Use.IsAuthority) throw new MalformedException("the list is not for certificates of authorities");
        if (Next(scope, 2) && scope.ReadBoolean(Tag(2)) && !certificate.Use.IsAuthority) throw new MalformedException("the list is for certificates of authorities alone");
        if (scope.HasData) throw new MalformedException("the list is for some reasons alone, or of several issuers, which is not understood");
    }

    private static bool Next(AsnReader reader, int number) => reader.HasData && reader.PeekTag().HasSameClassAndValue(Tag(number));

    private static Asn1Tag Tag(int number) => new(TagClass.ContextSpecific, number);
}
