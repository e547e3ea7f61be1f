using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Notation;

namespace Signalbox.Tests.Evidence.Verification.Notation;

/// <summary>Names of subjects as people write them, and the stores that hold certificates.</summary>
public sealed class NotationNamesTests
{
    private static void Refused(string saying, string name) => Assert.Contains(saying, Assert.Throws<MalformedException>(() => SubjectNames.Parse(name)).Message, StringComparison.Ordinal);

    private static string Parsed(string name) => string.Join('|', SubjectNames.Parse(name).Select(attribute => $"{attribute.Key}={attribute.Value}"));

    [Theory]
    [InlineData("C=US,ST=WA,O=Acme", "C=US|ST=WA|O=Acme")]
    [InlineData(" C = US ; S=WA;O=Acme Inc ", "C=US|ST=WA|O=Acme Inc")]
    [InlineData(@"C=US,ST=WA,O=a\,b\;c\+d\""e\\f\=g\<h\>i\#j", @"C=US|ST=WA|O=a,b;c+d""e\f=g<h>i#j")]
    [InlineData(@"C=US,ST=WA,O=\ a\ ", "C=US|ST=WA|O= a ")]
    [InlineData("C=US,ST=WA,O=a=b,CN=", "C=US|ST=WA|O=a=b|CN=")]
    public void Name_IsReadAttributeByAttribute(string text, string attributes) => Assert.Equal(attributes, Parsed(text));

    [Fact]
    public void Name_ThatLeavesOpenWhoIsMeant_IsRefused()
    {
        Refused("several attributes at one place (+)", "C=US,ST=WA,O=a+OU=b");
        Refused("a value is written in hex", "C=US,ST=WA,O= #0c0141");
        Refused("a backslash before something that needs none", @"C=US,ST=WA,O=a\");
        Refused("a backslash before something that needs none", @"C=US,ST=WA,O=\41");
        Refused("the name has the attribute O twice", "C=US,ST=WA,O=a,O=b");
        Refused("the name has the attribute S twice", "C=US,ST=WA,O=a,S=WA");
        Refused("'O' is no attribute; expected TYPE=VALUE", "C=US,ST=WA, O");
        Refused("'=a' is no attribute; expected TYPE=VALUE", "C=US,ST=WA,O=a,=a");
        Refused("the name has no attribute C; expected C, ST and O at least", "ST=WA,O=a");
        Refused("the name has no attribute ST; expected C, ST and O at least", "C=US,O=a");
        Refused("the name has no attribute O; expected C, ST and O at least", "C=US,ST=WA");
        Refused("the name has no attribute O; expected C, ST and O at least", "C=US,ST=WA,O=");
    }

    [Theory]
    [InlineData("C=US,ST=WA,O=a,CN=x", "C=US,ST=WA,O=a", true)]
    [InlineData("C=US,ST=WA,O=a", "C=US,ST=WA,O=a", true)]
    [InlineData("C=US,ST=WA,O=a", "C=US,ST=WA,O=a,CN=x", false)]
    [InlineData("C=US,ST=WA,O=a,CN=x", "C=US,ST=WA,O=a,CN=y", false)]
    public void Name_IncludesAllThatItsPartSays(string whole, string part, bool includes) => Assert.Equal(includes, SubjectNames.Includes(SubjectNames.Parse(whole), SubjectNames.Parse(part)));

    private static X509Certificate2 Certificate(X500DistinguishedName subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        return request.CreateSelfSigned(LocalNotation.Now, LocalNotation.Now.AddDays(1));
    }

    [Fact]
    public void Subject_IsWrittenSoThatItCannotBeMistaken()
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddOrganizationName(@"Acme, Inc; \ Co");
        Assert.Equal(@"x509.subject: O=Acme\, Inc\; \\ Co", SubjectNames.Text(CertificateReader.Read(Certificate(name.Build()).RawData)));
    }

    private static readonly NotationSigner s_signer = new();

    private static byte[] Pem(params X509Certificate2[] certificates) => Encoding.ASCII.GetBytes(string.Join('\n', certificates.Select(certificate => certificate.ExportCertificatePem())));

    private static IEnumerable<string> Held(params byte[][]? files)
    {
        var statement = NotationPolicy.Read("""{"version":"1.0","trustPolicies":[{"name":"a","registryScopes":["*"],"signatureVerification":{"level":"strict"},"trustStores":["ca:acme"],"trustedIdentities":["*"]}]}"""u8.ToArray()).Statements[0];
        return new NotationStores((type, name) => (type, name) == ("ca", "acme") ? files : null).Of(statement, "ca").Select(certificate => certificate.SubjectName);
    }

    [Fact]
    public void Store_HoldsCertificates_InEveryFormOfFile()
    {
        var selfSigned = Certificate(new("CN=alone"));
        Assert.Equal(["root", "between", "alone"], Held(s_signer.Chain[2].RawData, Pem(s_signer.Chain[1], selfSigned)));
    }

    [Fact]
    public void Store_ThatHoldsNothing_OrWhatVouchesForNobody_IsRefused()
    {
        void Wrong(string saying, params byte[][]? files)
        {
            var refusal = Assert.Throws<Refusal>(() => Held(files));
            Assert.Equal((VerificationError.InvalidCertificate, saying), (refusal.Error, refusal.Message));
        }
        Wrong("there is no trust store ca:acme", null);
        Wrong("the trust store ca:acme holds no certificate");
        Wrong("the trust store ca:acme holds the certificate of e2e, which is neither one of an authority nor self-signed", Pem(s_signer.Chain[2]), Pem(s_signer.Chain[0]));
        var key = Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", s_signer.Chain[0].PublicKey.ExportSubjectPublicKeyInfo()));
        Assert.Equal("a file of the trust store holds a PUBLIC KEY", Assert.Throws<MalformedException>(() => Held(Pem(s_signer.Chain[2]), key)).Message);
        Assert.Equal("a file of the trust store is not PEM", Assert.Throws<MalformedException>(() => Held("x"u8.ToArray())).Message);
    }
}
