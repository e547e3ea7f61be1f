using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Notation;

namespace Signalbox.Tests.Evidence.Verification.Notation;

/// <summary>Chains that envelopes bring: which certificate may stand where.</summary>
public sealed class NotationChainTests
{
    private const string CodeSigning = "1.3.6.1.5.5.7.3.3";

    private static readonly ECDsa s_key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly DateTimeOffset s_from = LocalNotation.Now.AddDays(-1), s_to = LocalNotation.Now.AddDays(1);

    private static X509KeyUsageExtension Usage(X509KeyUsageFlags flags, bool critical = true) => new(flags, critical);

    private static X509BasicConstraintsExtension Constraints(bool isAuthority = true, int? most = null, bool critical = true) => new(isAuthority, most is not null, most ?? 0, critical);

    private static X509EnhancedKeyUsageExtension Purposes(params string[] oids)
    {
        var all = new OidCollection();
        foreach (var oid in oids) all.Add(new(oid));
        return new(all, critical: false);
    }

    private static X509Extension[] Signing => [Usage(X509KeyUsageFlags.DigitalSignature)];

    private static X509Extension[] Authority => [Constraints(), Usage(X509KeyUsageFlags.KeyCertSign)];

    /// <summary>All with one key, so that only names and rights tell them apart.</summary>
    private static byte[] Certificate(string name, string issuer, X509Extension[] extensions)
    {
        var request = new CertificateRequest("CN=" + name, s_key, HashAlgorithmName.SHA256);
        foreach (var extension in extensions) request.CertificateExtensions.Add(extension);
        return request.Create(new X500DistinguishedName("CN=" + issuer), X509SignatureGenerator.CreateForECDsa(s_key), s_from, s_to, [1]).RawData;
    }

    private static byte[][] Chain(X509Extension[]? leaf = null, X509Extension[]? between = null, X509Extension[]? root = null, string issuer = "between") =>
        [Certificate("leaf", issuer, leaf ?? Signing), Certificate("between", "root", between ?? Authority), Certificate("root", "root", root ?? Authority)];

    private static void Refused(string saying, byte[][] chain) => Assert.Contains(saying, Assert.Throws<MalformedException>(() => NotationChain.Read(chain)).Message, StringComparison.Ordinal);

    [Fact]
    public void Chain_IsReadInOrder()
    {
        Assert.Equal(["leaf", "between", "root"], NotationChain.Read(Chain()).Select(certificate => certificate.SubjectName));
        Assert.Single(NotationChain.Read([Certificate("leaf", "leaf", Signing)]));
    }

    [Fact]
    public void Leaf_IsForSignaturesAlone()
    {
        Assert.NotEmpty(NotationChain.Read(Chain([Usage(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation)])));
        const string Not = "the signing certificate's key usage is not for signatures alone";
        foreach (var more in new[] { X509KeyUsageFlags.KeyEncipherment, X509KeyUsageFlags.CrlSign, X509KeyUsageFlags.KeyCertSign }) Refused(Not, Chain([Usage(X509KeyUsageFlags.DigitalSignature | more)]));
        Refused(Not, Chain([Usage(X509KeyUsageFlags.NonRepudiation)]));
        Refused("the certificate of leaf has no critical key usage", Chain([Purposes(CodeSigning)]));
        Refused("the certificate of leaf has no critical key usage", Chain([Usage(X509KeyUsageFlags.DigitalSignature, critical: false), Constraints(false)]));
        Refused("the signing certificate is one of an authority", Chain([.. Signing, Constraints()]));
    }

    [Theory]
    [InlineData(true, CodeSigning)]
    [InlineData(true, CodeSigning, "1.2.3.4")]
    [InlineData(false, "2.5.29.37.0")]
    [InlineData(false, "1.3.6.1.5.5.7.3.1")]
    [InlineData(false, CodeSigning, "1.3.6.1.5.5.7.3.2")]
    [InlineData(false, CodeSigning, "1.3.6.1.5.5.7.3.4")]
    [InlineData(false, "1.3.6.1.5.5.7.3.8", CodeSigning)]
    public void Leaf_IsForNothingElse(bool taken, params string[] purposes)
    {
        var chain = Chain([.. Signing, Purposes(purposes)]);
        if (taken) Assert.Equal(3, NotationChain.Read(chain).Count);
        else Refused($"the signing certificate is also for the usage {purposes.First(oid => oid is not CodeSigning)}", chain);
    }

    [Fact]
    public void Authority_IsOne()
    {
        Refused("the certificate of between is not one of an authority", Chain(between: [Usage(X509KeyUsageFlags.KeyCertSign)]));
        Refused("the certificate of between is not one of an authority", Chain(between: [Constraints(false), Usage(X509KeyUsageFlags.KeyCertSign)]));
        Refused("the certificate of between is not one of an authority", Chain(between: [Constraints(critical: false), Usage(X509KeyUsageFlags.KeyCertSign)]));
        Refused("the certificate of root is not one of an authority", Chain(root: [Constraints(false), Usage(X509KeyUsageFlags.KeyCertSign)]));
        Refused("the key usage of between is not for certificates", Chain(between: [Constraints(), Usage(X509KeyUsageFlags.DigitalSignature)]));
        Refused("the key usage of between is not for certificates", Chain(between: [Constraints(), Usage(X509KeyUsageFlags.CrlSign)]));
        Refused("the certificate of root has no critical key usage", Chain(root: [Constraints()]));
        Refused("the certificate of root has no critical key usage", Chain(root: [Constraints(), Usage(X509KeyUsageFlags.KeyCertSign, critical: false)]));
    }

    [Fact]
    public void Authority_HasNoMoreBelowItThanItMay()
    {
        X509Extension[] AtMost(int most) => [Constraints(most: most), Usage(X509KeyUsageFlags.KeyCertSign)];
        Assert.NotEmpty(NotationChain.Read(Chain(between: AtMost(0), root: AtMost(1))));
        Refused("root may have 0 authorities below it and has 1", Chain(root: AtMost(0)));
    }

    /// <summary>Name and signature both: here one key signs all, and only the names differ.</summary>
    [Fact]
    public void Certificate_IsIssuedByTheNext()
    {
        Refused("the certificate of leaf was not issued by between, the next of the chain", Chain(issuer: "other"));
        Refused("the certificate of root was not issued by itself, though it is the chain's last", [.. Chain()[..2], Certificate("root", "other", Authority)]);
    }

    [Fact]
    public void Outside_IsTheFirstThatIsNotValidAllTheTime()
    {
        var chain = NotationChain.Read(Chain());
        Assert.Null(NotationChain.Outside(chain, s_from, s_to));
        Assert.Same(chain[0], NotationChain.Outside(chain, s_from.AddSeconds(-1), s_to));
        Assert.Same(chain[0], NotationChain.Outside(chain, s_from, s_to.AddSeconds(1)));
    }
}
