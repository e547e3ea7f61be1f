using System.Formats.Asn1;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Notation;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification.Notation;

/// <summary>How exact a timestamp over a signature is, and which timestamps are none.</summary>
public sealed class NotationTimestampTests
{
    private const string Baseline = "0.4.0.2023.1.1", Own = "1.3.6.1.4.1.57264.2";

    private static DateTimeOffset Now => LocalNotation.Now;

    private static LocalTimestampAuthority Authority(bool critical = true) => new(Now.AddYears(-3), Now.AddYears(3), critical);

    private static (DateTimeOffset From, DateTimeOffset To, IReadOnlyList<Certificate> Path) Verify(LocalTimestampAuthority authority) =>
        NotationTimestamp.Verify(authority.Token([1], Now, withCertificate: true), [1], [CertificateReader.Read(authority.Root.Der)]);

    private static TimeSpan Accuracy(Action<AsnWriter>? accuracy, string policy = Own)
    {
        var authority = Authority();
        (authority.Accuracy, authority.Policy) = (accuracy, policy);
        var (from, to, _) = Verify(authority);
        Assert.Equal(Now - from, to - Now);
        return to - Now;
    }

    private static Asn1Tag Tag(int number) => new(TagClass.ContextSpecific, number);

    [Fact]
    public void Path_LeadsFromTheSignerToTheTrusted()
    {
        var authority = Authority();
        Assert.Equal([authority.Signer.Der, authority.Root.Der], Verify(authority).Path.Select(certificate => certificate.Raw.ToArray()));
    }

    [Fact]
    public void Accuracy_IsWhatTheStampSays_OrItsPolicy()
    {
        Assert.Equal(TimeSpan.Zero, Accuracy(null));
        Assert.Equal(TimeSpan.FromSeconds(1), Accuracy(null, Baseline));
        Assert.Equal(TimeSpan.Zero, Accuracy(_ => { }));
        Assert.Equal(TimeSpan.Zero, Accuracy(_ => { }, Baseline));
        Assert.Equal(TimeSpan.FromSeconds(5), Accuracy(w => w.WriteInteger(5), Baseline));
        Assert.Equal(TimeSpan.FromMilliseconds(7), Accuracy(w => w.WriteInteger(7, Tag(0))));
        Assert.Equal(TimeSpan.FromMicroseconds(9), Accuracy(w => w.WriteInteger(9, Tag(1))));
        Assert.Equal(TimeSpan.FromMicroseconds(5_007_009), Accuracy(w =>
        {
            w.WriteInteger(5);
            w.WriteInteger(7, Tag(0));
            w.WriteInteger(9, Tag(1));
        }));
    }

    [Fact]
    public void Accuracy_IsLimited()
    {
        Assert.Equal(TimeSpan.FromDays(1), Accuracy(w => w.WriteInteger(86_400)));
        Assert.Equal(TimeSpan.FromMilliseconds(999), Accuracy(w => w.WriteInteger(999, Tag(0))));
        Assert.Equal(TimeSpan.FromMicroseconds(999), Accuracy(w => w.WriteInteger(999, Tag(1))));
        foreach (var wrong in new Action<AsnWriter>[] { w => w.WriteInteger(86_401), w => w.WriteInteger(-1), w => w.WriteInteger(1L << 40), w => w.WriteInteger(1000, Tag(0)), w => w.WriteInteger(-1, Tag(0)), w => w.WriteInteger(1000, Tag(1)) })
            Assert.Equal("the timestamp's accuracy is out of range", Assert.Throws<MalformedException>(() => Accuracy(wrong)).Message);
    }

    [Fact]
    public void Nonce_BehindTheTime_IsNoAccuracy()
    {
        var authority = Authority();
        (authority.Extension, authority.Policy) = (false, Baseline);
        Assert.Equal(Now.AddSeconds(1), Verify(authority).To);
    }

    [Fact]
    public void Timestamp_NamesItsCertificateByMoreThanSha1()
    {
        var authority = Authority();
        authority.NamesBySha1 = true;
        Assert.Equal("the timestamp lacks the attribute signing-certificate-v2", Assert.Throws<MalformedException>(() => Verify(authority)).Message);
    }

    [Fact]
    public void Timestamp_OfACertificateThatIsNotForThemAlone_IsRefused() =>
        Assert.Equal("the timestamp's certificate is not for timestamps alone", Assert.Throws<MalformedException>(() => Verify(Authority(critical: false))).Message);
}
