using System.Text;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Keys;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>A certificate is read as it stands, or refused for the one thing that is wrong with it.</summary>
public sealed class CertificateReaderTests
{
    private const string NotDer = "a certificate is not well-formed DER";

    private static readonly byte[] s_der = LocalSamples.Instance.Certify(LocalKey.P256(), LocalSigstore.Workflow, LocalSigstore.GitHubClaims()).Der;

    private static readonly Dictionary<string, (string Reason, Action<DerTree> Change)> s_changes = new(StringComparer.Ordinal)
    {
        ["another part behind the signature"] = (NotDer, whole => whole.Parts.Add(DerTree.Null)),
        ["spare bits in the signature"] = ("a certificate's signature has spare bits", whole =>
        {
            whole[2].Value[0] = 1;
            whole[2].Value[^1] &= 0xfe;
        }
        ),
        ["another algorithm outside"] = ("a certificate names two different signature algorithms", whole => whole[1][0].Value[^1] = 2),
        ["SHA-1"] = ("a certificate is signed with an algorithm that is not understood", whole =>
        {
            foreach (var algorithm in new[] { whole[0][2], whole[1] }) algorithm[0].Value = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1];
        }
        ),
        ["version 2"] = ("a certificate is not of version 3", whole => whole[0][0][0].Value = [1]),
        ["a version that is no number of ours"] = ("a certificate is not of version 3", whole => whole[0][0][0].Value = [1, 0, 0, 0, 2]),
        ["two versions"] = (NotDer, whole => whole[0][0].Parts.Add(whole[0][0][0])),
        ["no version"] = (NotDer, whole => whole[0].Parts.RemoveAt(0)),
        ["a third time"] = (NotDer, whole => whole[0][4].Parts.Add(whole[0][4][0])),
        ["a time that is none"] = (NotDer, whole => whole[0][4][0].Value = "yesterday"u8.ToArray()),
        ["a part behind the extensions"] = (NotDer, whole => whole[0].Parts.Add(DerTree.Null)),
        ["no extensions"] = (NotDer, whole => whole[0].Parts.RemoveAt(7)),
        ["two lists of extensions"] = (NotDer, whole => whole[0][7].Parts.Add(whole[0][7][0])),
        ["an extension twice"] = ("a certificate has the extension 2.5.29.15 twice", whole => whole[0][7][0].Parts.Add(whole[0][7][0][0])),
        ["an extension with two values"] = (NotDer, whole => whole[0][7][0][0].Parts.Add(whole[0][7][0][0][2])),
        ["a key that is not understood"] = ("keys of the algorithm 1.2.840.10045.2.2 are not understood; expected ECDSA, RSA or Ed25519", whole => whole[0][6][0][0].Value[^1] = 2),
    };

    public static TheoryData<string> Names => [.. s_changes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Certificate_WithOneThingWrong_IsRefusedForThat(string name)
    {
        var (reason, change) = s_changes[name];
        Assert.Equal(reason, Assert.Throws<MalformedException>(() => CertificateReader.Read(DerTree.Change(s_der, change))).Message);
    }

    [Fact]
    public void Certificate_AsItStands_IsRead()
    {
        var certificate = CertificateReader.Read(s_der);
        Assert.Equal((LocalSigstore.SignedAt.AddMinutes(-1), LocalSigstore.SignedAt.AddMinutes(9)), (certificate.NotBefore, certificate.NotAfter));
        Assert.Equal((SignatureScheme.EcdsaSha384, "ECDSA P-256"), (certificate.Scheme, certificate.Key.Name));
        Assert.Equal(s_der, certificate.Raw.ToArray());
        Assert.Equal(DerTree.Read(s_der)[0].Encode(), certificate.ToBeSigned.ToArray());
        Assert.Equal([true, false, true], certificate.Extensions.Take(3).Select(extension => extension.Critical));
        Assert.Equal(DerTree.Read(s_der).Encode(), s_der);
    }

    [Fact]
    public void Bytes_BehindTheCertificate_AreRefused() => Assert.Equal(NotDer, Assert.Throws<MalformedException>(() => CertificateReader.Read((byte[])[.. s_der, 0])).Message);

    [Fact]
    public void Certificate_OfMoreBytesThanAnyHas_IsNotRead()
    {
        string Reason(int length) => Assert.Throws<MalformedException>(() => CertificateReader.Read(new byte[length])).Message;
        Assert.Equal(NotDer, Reason(256 * 1024));
        Assert.Equal("a certificate has 262145 bytes; the most is 262144", Reason((256 * 1024) + 1));
    }

    [Fact]
    public void Extensions_UpToAHundred_AreRead()
    {
        LocalExtension[] extensions = [.. Enumerable.Range(1, 101).Select(number => new LocalExtension($"1.2.3.{number}", false, [5, 0]))];
        LocalCertificate With(int count) => LocalCertificate.Of("many", LocalKey.P256(), null, LocalSigstore.SignedAt, LocalSigstore.Now, extensions[..count]);
        Assert.Equal(100, CertificateReader.Read(With(100).Der).Extensions.Count);
        Assert.Equal("a certificate has more than 100 extensions", Assert.Throws<MalformedException>(() => CertificateReader.Read(With(101).Der)).Message);
    }

    [Theory]
    [InlineData(0x17, "491231235959Z", "2049-12-31 23:59:59Z")]
    [InlineData(0x17, "500101000000Z", "1950-01-01 00:00:00Z")]
    [InlineData(0x18, "20500101000000Z", "2050-01-01 00:00:00Z")]
    public void Time_OfEitherForm_IsRead(int tag, string text, string time)
    {
        var der = DerTree.Change(s_der, whole => (whole[0][4][1].Tag, whole[0][4][1].Value) = ((byte)tag, Encoding.ASCII.GetBytes(text)));
        Assert.Equal(time, $"{CertificateReader.Read(der).NotAfter:u}");
    }

    [Fact]
    public void Validity_IncludesItsFirstAndItsLastMoment()
    {
        var certificate = CertificateReader.Read(s_der);
        bool At(DateTimeOffset time) => certificate.IsValidAt(time);
        Assert.Equal((false, true, true, false), (At(certificate.NotBefore.AddTicks(-1)), At(certificate.NotBefore), At(certificate.NotAfter), At(certificate.NotAfter.AddTicks(1))));
    }

    [Theory]
    [InlineData(true, true, CertificateUse.TimeStamping)]
    [InlineData(false, false, CertificateUse.TimeStamping)]
    [InlineData(false, true, CertificateUse.CodeSigning)]
    [InlineData(false, true, CertificateUse.TimeStamping, CertificateUse.CodeSigning)]
    public void Certificate_IsForTimestampsAlone_WhereThatIsItsOneCriticalUse(bool isAlone, bool critical, params string[] usages)
    {
        var usage = new LocalExtension("2.5.29.37", critical, LocalCertificate.Der1(w =>
        {
            using (w.PushSequence())
                foreach (var oid in usages) w.WriteObjectIdentifier(oid);
        }));
        var certificate = LocalCertificate.Of("tsa", LocalKey.P256(), null, LocalSigstore.SignedAt, LocalSigstore.Now, LocalCertificate.KeyUsage(0x80), usage);
        Assert.Equal(isAlone, CertificateReader.Read(certificate.Der).IsForTimestampsAlone);
    }
}
