using System.Formats.Asn1;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>What a certificate's extensions allow, and those that it may not have.</summary>
public sealed class CertificateUseTests
{
    private const string BasicConstraints = "2.5.29.19", KeyUsage = "2.5.29.15", ExtendedKeyUsage = "2.5.29.37", AuthorityKeyId = "2.5.29.35", SubjectKeyId = "2.5.29.14";
    private const string NotDer = "a certificate's extensions are not well-formed DER";

    private static readonly LocalKey s_key = LocalKey.P256();

    private static CertificateUse Use(params LocalExtension[] extensions) =>
        CertificateReader.Read(LocalCertificate.Of("x", s_key, null, LocalSigstore.SignedAt, LocalSigstore.Now, extensions).Der).Use;

    private static CertificateUse Use(string oid, string hex) => Use(new LocalExtension(oid, true, Convert.FromHexString(hex)));

    [Theory]
    [InlineData("1.2.3.4", true, "0500", "a certificate has the critical extension 1.2.3.4, which is not understood")]
    [InlineData("2.5.29.30", false, "3000", "a certificate has name constraints, which are not understood")]
    [InlineData("2.5.29.30", true, "3000", "a certificate has the critical extension 2.5.29.30, which is not understood")]
    [InlineData(BasicConstraints, true, "30000500", NotDer)]
    [InlineData(BasicConstraints, true, "300601 01ff0201ff", "a certificate's path length is not a number")]
    [InlineData(BasicConstraints, true, "300a0101ff02050100000000", "a certificate's path length is not a number")]
    [InlineData(BasicConstraints, true, "30080101ff0201000500", NotDer)]
    [InlineData(BasicConstraints, true, "30020500", NotDer)]
    [InlineData(KeyUsage, true, "0500", NotDer)]
    [InlineData(ExtendedKeyUsage, false, "30020500", NotDer)]
    [InlineData(AuthorityKeyId, false, "0500", NotDer)]
    [InlineData(SubjectKeyId, false, "0500", NotDer)]
    public void Extension_ThatIsNotUnderstood_IsRefused(string oid, bool critical, string hex, string reason) =>
        Assert.Equal(reason, Assert.Throws<MalformedException>(() => Use(new LocalExtension(oid, critical, Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))))).Message);

    [Fact]
    public void Extensions_ThatAreUnderstoodOrNotCritical_AreTaken() => Assert.False(
        Use(new("1.2.3.4", false, [5, 0]), new(SubjectKeyId, true, [4, 1, 7]), new(AuthorityKeyId, true, [0x30, 0]), new("2.5.29.17", true, [0x30, 0]), new(BasicConstraints, true, [0x30, 0]), LocalCertificate.KeyUsage(0x80), LocalCertificate.Usage(CertificateUse.CodeSigning, critical: true)).IsAuthority);

    [Theory]
    [InlineData("3000", false, null)]
    [InlineData("30030101ff", true, null)]
    [InlineData("30060101ff020100", true, 0)]
    [InlineData("30060101ff020107", true, 7)]
    [InlineData("3003020103", false, 3)]
    public void Authority_IsWhatSaysSo(string hex, bool isAuthority, int? pathLength)
    {
        var use = Use(BasicConstraints, hex);
        Assert.Equal((isAuthority, pathLength), (use.IsAuthority, use.PathLength));
    }

    /// <summary>digitalSignature is the first bit and keyCertSign the sixth.</summary>
    [Theory]
    [InlineData(null, true, true)]
    [InlineData("03020780", true, false)]
    [InlineData("03020204", false, true)]
    [InlineData("03020284", true, true)]
    [InlineData("03020308", false, false)]
    [InlineData("03020640", false, false)]
    [InlineData("030205e0", true, false)]
    [InlineData("030100", false, false)]
    [InlineData("0303070000", false, false)]
    [InlineData("0303078480", true, true)]
    public void KeyUsage_SaysWhatTheKeyMayDo(string? hex, bool maySign, bool mayIssue)
    {
        var basic = LocalCertificate.BasicConstraints(null);
        CertificateUse Read() => hex is null ? Use(basic) : Use(basic, new LocalExtension(KeyUsage, true, Convert.FromHexString(hex)));
        Assert.Equal((maySign, mayIssue), (Read().MaySign, Read().MayIssue));
    }

    [Fact]
    public void KeyThatMayIssue_OfNoAuthority_MayNot() => Assert.False(Use(LocalCertificate.KeyUsage(0x06)).MayIssue);

    [Fact]
    public void ExtendedKeyUsage_IsNeededOfALeaf_AndMayBeMissingOfAnAuthority()
    {
        (bool, bool) Of(params LocalExtension[] extensions) => Use(extensions) is var use ? (use.IsFor(CertificateUse.CodeSigning), use.MayIssueFor(CertificateUse.CodeSigning)) : default;
        Assert.Equal((false, true), Of());
        Assert.Equal((true, true), Of(LocalCertificate.Usage(CertificateUse.CodeSigning)));
        Assert.Equal((false, false), Of(LocalCertificate.Usage(CertificateUse.TimeStamping)));
        Assert.Equal((false, true), Of(LocalCertificate.Usage("2.5.29.37.0")));
        Assert.Equal((true, true), Of(new LocalExtension(ExtendedKeyUsage, false, LocalCertificate.Der1(w =>
        {
            using (w.PushSequence())
            {
                w.WriteObjectIdentifier(CertificateUse.TimeStamping);
                w.WriteObjectIdentifier(CertificateUse.CodeSigning);
            }
        }))));
    }

    [Fact]
    public void KeyIds_AreReadWhereTheyAre()
    {
        Assert.Equal([7], Use(SubjectKeyId, "040107").SubjectKeyId!.Value.ToArray());
        Assert.Equal([7], Use(AuthorityKeyId, "3003800107").AuthorityKeyId!.Value.ToArray());
        Assert.Null(Use(AuthorityKeyId, "3000").AuthorityKeyId);
        // the issuer's serial number alone
        Assert.Null(Use(AuthorityKeyId, "3003820107").AuthorityKeyId);
        Assert.Equal((null, null), (Use().SubjectKeyId?.Length, Use().AuthorityKeyId?.Length));
    }

    private static byte[] Name(params (string Oid, UniversalTagNumber Kind, string Text)[] attributes) => LocalCertificate.Der1(w =>
    {
        using var name = w.PushSequence();
        foreach (var (oid, kind, text) in attributes)
            using (w.PushSetOf())
            using (w.PushSequence())
            {
                w.WriteObjectIdentifier(oid);
                w.WriteCharacterString(kind, text);
            }
    });

    [Fact]
    public void Name_IsReadInItsOrder_WithShortNamesWhereThereAreSome() => Assert.Equal(
        "C=DE ST=a L=b STREET=c O=d OU=e CN=f DC=g UID=h 2.5.4.5=i",
        string.Join(' ', DistinguishedName.Attributes(Name(
            ("2.5.4.6", UniversalTagNumber.PrintableString, "DE"), ("2.5.4.8", UniversalTagNumber.UTF8String, "a"), ("2.5.4.7", UniversalTagNumber.T61String, "b"), ("2.5.4.9", UniversalTagNumber.BMPString, "c"),
            ("2.5.4.10", UniversalTagNumber.UTF8String, "d"), ("2.5.4.11", UniversalTagNumber.UTF8String, "e"), ("2.5.4.3", UniversalTagNumber.UTF8String, "f"), ("0.9.2342.19200300.100.1.25", UniversalTagNumber.IA5String, "g"),
            ("0.9.2342.19200300.100.1.1", UniversalTagNumber.UTF8String, "h"), ("2.5.4.5", UniversalTagNumber.PrintableString, "i"))).Select(attribute => $"{attribute.Type}={attribute.Value}")));

    [Fact]
    public void Name_WithSeveralValuesInAPart_AndOtherKindsOfText_IsReadWhole()
    {
        var name = LocalCertificate.Der1(w =>
        {
            using (w.PushSequence())
            using (w.PushSetOf())
                foreach (var number in new[] { 1, 2 })
                    using (w.PushSequence())
                    {
                        w.WriteObjectIdentifier("2.5.4.3");
                        if (number == 1) w.WriteInteger(7);
                        else w.WriteCharacterString(UniversalTagNumber.NumericString, "7");
                    }
        });
        Assert.Equal(["020107", "120137"], DistinguishedName.Attributes(name).Select(attribute => attribute.Value));
    }

    [Fact]
    public void Name_ForPeople_IsTheCommonNameOrTheOrganisation()
    {
        var (common, organisation) = (("2.5.4.3", UniversalTagNumber.UTF8String, "one"), ("2.5.4.10", UniversalTagNumber.UTF8String, "many"));
        Assert.Equal("one", DistinguishedName.ForPeople(Name(organisation, common)));
        Assert.Equal("many", DistinguishedName.ForPeople(Name(organisation)));
        Assert.Equal("a name without common name", DistinguishedName.ForPeople(Name()));
        Assert.Equal("a malformed name", DistinguishedName.ForPeople(new byte[] { 5, 0 }));
    }
}
