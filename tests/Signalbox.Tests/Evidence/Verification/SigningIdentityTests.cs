using System.Formats.Asn1;
using System.Text;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>Who a certificate says signed: one name, and claims that agree.</summary>
public sealed class SigningIdentityTests
{
    private const string OtherName = "1.3.6.1.4.1.57264.1.7";

    private static readonly LocalKey s_key = LocalKey.P256();

    private static SigningIdentity Read(params LocalExtension[] extensions) =>
        SigningIdentity.Read(CertificateReader.Read(LocalCertificate.Of("", s_key, null, LocalSigstore.SignedAt, LocalSigstore.Now, extensions).Der));

    private static SigningIdentity Claiming(params (int Number, string Value)[] claims) =>
        Read([LocalCertificate.AlternativeName("someone@example.com"), .. claims.Select(claim => LocalCertificate.Claim(claim.Number, claim.Value))]);

    private static LocalExtension Names(Action<AsnWriter> write) => new("2.5.29.17", true, LocalCertificate.Der1(w =>
    {
        using (w.PushSequence()) write(w);
    }));

    private static void WriteOther(AsnWriter w, string oid = OtherName, bool moreInside = false, bool moreBehind = false)
    {
        using var other = w.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
        w.WriteObjectIdentifier(oid);
        using (w.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            w.WriteCharacterString(UniversalTagNumber.UTF8String, "someone");
            if (moreInside) w.WriteNull();
        }
        if (moreBehind) w.WriteNull();
    }

    private static void WriteText(AsnWriter w, int kind, string text) => w.WriteCharacterString(UniversalTagNumber.IA5String, text, new Asn1Tag(TagClass.ContextSpecific, kind));

    [Fact]
    public void Name_IsAnAddressAMailboxOrAnAccount()
    {
        Assert.Equal("https://example.com/a", Read(LocalCertificate.AlternativeName("https://example.com/a")).Name);
        Assert.Equal("someone@example.com", Read(LocalCertificate.AlternativeName("someone@example.com")).Name);
        Assert.Equal("someone", Read(Names(w => WriteOther(w))).Name);
    }

    private static string Refused(params LocalExtension[] extensions) => Assert.Throws<Refusal>(() => Read(extensions)).Message;

    [Fact]
    public void Name_ThatIsMissingOrNotTheOnlyOne_IsRefused()
    {
        Assert.Equal("the certificate has no subject alternative name", Refused());
        Assert.Equal("the certificate has more than one subject alternative name", Refused(Names(w =>
        {
            WriteText(w, 1, "a@example.com");
            WriteText(w, 1, "b@example.com");
        })));
        Assert.Equal("the certificate's subject alternative name is of a kind that is not understood", Refused(Names(w => WriteText(w, 2, "example.com"))));
        Assert.Equal("the certificate's subject alternative name is of a kind that is not understood", Refused(Names(w => w.WriteCharacterString(UniversalTagNumber.IA5String, "a"))));
        Assert.Equal("the certificate's other name is of a kind that is not understood", Refused(Names(w => WriteOther(w, "1.3.6.1.4.1.311.20.2.3"))));
    }

    [Fact]
    public void Name_WithSomethingBehindIt_IsNotRead()
    {
        Assert.Throws<AsnContentException>(() => Read(Names(w => WriteOther(w, moreInside: true))));
        Assert.Throws<AsnContentException>(() => Read(Names(w => WriteOther(w, moreBehind: true))));
        var name = LocalCertificate.AlternativeName("someone@example.com");
        Assert.Throws<AsnContentException>(() => Read(name with { Value = [.. name.Value, 5, 0] }));
        Assert.Throws<AsnContentException>(() => Read(Names(_ => { })));
    }

    [Fact]
    public void Claims_AreReadFromOldAndNewExtensions()
    {
        var identity = Claiming(LocalSigstore.GitHubClaims(config: "config"));
        Assert.Equal(
            (LocalSigstore.GitHubIssuer, "https://github.com/acme/app", "refs/heads/main", LocalSigstore.Commit, "push"),
            (identity.Issuer, identity.SourceRepository, identity.SourceRef, identity.SourceCommit, identity.Trigger));
        Assert.Equal(
            (LocalSigstore.Workflow, LocalSigstore.Commit, "github-hosted", "4711", "42", "config", "https://github.com/acme/app/actions/runs/99/attempts/1"),
            (identity.SignerUri, identity.SignerCommit, identity.RunnerEnvironment, identity.SourceRepositoryId, identity.SourceOwnerId, identity.BuildConfigUri, identity.RunUri));
    }

    [Theory]
    [InlineData(1, 8, "issuer")]
    [InlineData(6, 14, "ref")]
    [InlineData(3, 13, "commit")]
    [InlineData(2, 20, "trigger")]
    public void Claim_OfTwoExtensions_IsEither_AndBothMustAgree(int old, int @new, string claim)
    {
        string? Of(params (int, string)[] claims) => Claiming(claims) is var identity ? claim switch { "issuer" => identity.Issuer, "ref" => identity.SourceRef, "commit" => identity.SourceCommit, _ => identity.Trigger } : null;
        Assert.Equal("a", Of((old, "a")));
        Assert.Equal("a", Of((@new, "a")));
        Assert.Equal("a", Of((old, "a"), (@new, "a")));
        // an empty one says nothing
        Assert.Equal("a", Of((old, ""), (@new, "a")));
        Assert.Equal("a", Of((old, "a"), (@new, "")));
        var refusal = Assert.Throws<Refusal>(() => Of((old, "a"), (@new, "b")));
        Assert.Equal((VerificationError.InvalidCertificate, "the certificate says 'a' and 'b' about the same claim"), (refusal.Error, refusal.Message));
    }

    [Fact]
    public void Repository_OfAnOldCertificate_IsOnGitHub()
    {
        Assert.Equal("https://github.com/acme/app", Claiming((5, "acme/app")).SourceRepository);
        Assert.Equal("https://gitlab.example/acme/app", Claiming((12, "https://gitlab.example/acme/app")).SourceRepository);
        Assert.Throws<Refusal>(() => Claiming((5, "acme/app"), (12, "https://github.com/evil/app")).SourceRepository);
    }

    [Fact]
    public void Issuer_ThatIsNotSaid_IsAskedInVain()
    {
        var refusal = Assert.Throws<Refusal>(() => Claiming().Issuer);
        Assert.Equal((VerificationError.InvalidCertificate, "the certificate has no issuer"), (refusal.Error, refusal.Message));
        Assert.Null(Claiming().SourceRef);
    }

    [Fact]
    public void Claim_ThatIsNoText_IsNotRead()
    {
        var (name, claim) = (LocalCertificate.AlternativeName("someone@example.com"), LocalCertificate.Claim(9, "a"));
        Assert.Throws<AsnContentException>(() => Read(name, claim with { Value = [.. claim.Value, 5, 0] }).SignerUri);
        Assert.Throws<DecoderFallbackException>(() => Read(name, LocalCertificate.Claim(6, "a") with { Value = [0xff] }).SourceRef);
    }
}
