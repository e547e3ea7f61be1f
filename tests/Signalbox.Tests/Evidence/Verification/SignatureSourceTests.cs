using System.Text;
using Signalbox.Delivery;
using Signalbox.Evidence;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Provenance;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>A certificate names the reusable workflow that signed; whose run it was it says apart.</summary>
public sealed class SignatureSourceTests
{
    private const string Shared = "https://github.com/acme/ci/.github/workflows/release.yml@refs/tags/v1";

    private static VerificationPolicy Policy => new() { Artifact = LocalSamples.Digests, Signers = [ExpectedSigner.Identity(Shared, LocalSigstore.GitHubIssuer)] };

    private static byte[] Bundle(string repository, string? statement = null)
    {
        var key = LocalKey.P256();
        var signed = new LocalBundle(LocalSamples.Instance, key) { Certificate = LocalSamples.Instance.Certify(key, Shared, LocalSigstore.GitHubClaims(signer: Shared, repository: repository)) };
        return statement is null ? signed.Message(Encoding.UTF8.GetBytes("hello\n"))
            : (signed with { Entry = EntryKind.Dsse }).Envelope(LocalStatements.Statement(statement, [], ("app", "sha256", LocalSamples.Digests[0].Hex)));
    }

    private static VerificationResult Verify(byte[] bundle, VerificationPolicy policy) => BundleVerifier.Verify(bundle, LocalSamples.Instance.TrustedRoot(), policy, LocalSigstore.Now);

    [Theory]
    [InlineData("evil/x", true)]
    [InlineData("acme/ci", false)]
    public void RunOfAnotherRepository_IsSaid(string repository, bool said)
    {
        var result = Verify(Bundle(repository), Policy);
        Assert.True(result.Accepted, result.Reason);
        Assert.Equal("https://github.com/" + repository, result.Facts.SourceRepository);
        Assert.Equal(said, result.Steps.Any(step => step is { Link: "source", Outcome: LinkOutcome.NotAsked } && step.Detail.Contains("evil/x", StringComparison.Ordinal)));
    }

    [Fact]
    public void Source_IsAskedOfASignatureToo()
    {
        Assert.True(Verify(Bundle("acme/app"), Policy with { Provenance = new("github.com/acme/app") }).Accepted);
        Assert.Equal(VerificationError.MismatchSource, Verify(Bundle("evil/x"), Policy with { Provenance = new("github.com/acme/app") }).Error);
    }

    /// <summary>What only provenance can meet is not passed over, and a source alone names no signer.</summary>
    [Fact]
    public void MoreThanASource_ASignatureDoesNotMeet()
    {
        ProvenancePolicy source = new("github.com/acme/app");
        foreach (var asked in new[] { source with { Branch = "main" }, source with { MinimumLevel = 1 }, source with { BuilderId = Shared } })
            Assert.Equal(VerificationError.InvalidDssePayload, Verify(Bundle("acme/app"), Policy with { Provenance = asked }).Error);
        Assert.Equal(VerificationError.InvalidDssePayload, Verify(Bundle("acme/app"), Policy with { Signers = [], Provenance = source }).Error);
    }

    [Fact]
    public void ImageSignature_IsAskedForItsSource()
    {
        var image = "sha256:" + new string('a', 64);
        var signature = LocalImages.Keyless(LocalSamples.Instance, LocalImages.Document(image));
        var policy = LocalImages.Policy(image, ExpectedSigner.Identity(LocalSigstore.Workflow, LocalSigstore.GitHubIssuer));
        Assert.True(signature.Verify(LocalSamples.Instance.TrustedRoot(), policy with { Provenance = new("github.com/acme/app") }, LocalSigstore.Now).Accepted);
        Assert.Equal(VerificationError.MismatchSource, signature.Verify(LocalSamples.Instance.TrustedRoot(), policy with { Provenance = new("github.com/acme/other") }, LocalSigstore.Now).Error);
    }

    [Fact]
    public async Task Evidence_KeepsWhoseRunItWas()
    {
        var fixture = new EvidenceFixture(new SignedEvidenceReader(LocalSamples.Instance.TrustedRoot()));
        var taken = await fixture.TakeAsync(Bundle("evil/x"), EvidenceKind.Signature, subject: Digest.Parse(LocalSamples.Digests[0].ToString()));
        Assert.Null(taken.Refusal);
        Assert.Equal(new Signer(null, Shared, LocalSigstore.GitHubIssuer, "https://github.com/evil/x"), (await fixture.FactsAsync(taken.Id))!.Signer);
    }

    /// <summary>Nothing is compared with a digest that the signature cannot be over.</summary>
    [Fact]
    public void DigestThatWasCompared_IsTheOneThatIsSaid()
    {
        var sample = LocalSamples.Get("key-p256-bare");
        var policy = sample.Policy with { Artifact = [new("sha512", new string('0', 128)), .. LocalSamples.Digests] };
        var result = Verify(sample.Bundle, policy);
        Assert.True(result.Accepted, result.Reason);
        Assert.Contains($"the signature is over {LocalSamples.Digests[0]}", result.Steps[^1].Detail, StringComparison.Ordinal);
    }
}
