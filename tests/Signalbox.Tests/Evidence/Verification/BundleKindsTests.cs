using System.Security.Cryptography;
using System.Text;
using Signalbox.Evidence.Verification;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>A bundle of each kind, made by an instance of our own: accepted for what it is, refused for anything else.</summary>
public sealed class BundleKindsTests
{
    [Theory]
    [MemberData(nameof(LocalSamples.Names), MemberType = typeof(LocalSamples))]
    public void Kind_IsAccepted_AndSaysEachLink(string name)
    {
        var sample = LocalSamples.Get(name);
        var result = sample.Verify();
        Assert.True(result.Accepted, $"{result.Error}: {result.Reason}");
        Assert.DoesNotContain(result.Steps, step => step.Outcome == LinkOutcome.Refused);
        Assert.Contains(result.Steps, step => step.Link == "signature");
    }

    [Theory]
    [MemberData(nameof(LocalSamples.Names), MemberType = typeof(LocalSamples))]
    public void Kind_OfAnotherArtifact_IsRefused(string name)
    {
        var sample = LocalSamples.Get(name);
        var other = Encoding.UTF8.GetBytes("another artifact");
        var policy = sample.Policy with
        {
            Artifact = [.. sample.Policy.Artifact.Select(d => new ArtifactDigest(d.Algorithm, Convert.ToHexStringLower(d.Algorithm == "sha512" ? SHA512.HashData(other) : SHA256.HashData(other))))],
            ArtifactBytes = sample.Policy.ArtifactBytes is null ? null : other,
        };
        Assert.False((sample with { Policy = policy }).Verify().Accepted);
    }

    [Theory]
    [MemberData(nameof(LocalSamples.Names), MemberType = typeof(LocalSamples))]
    public void Kind_UnderAnotherTrustedRoot_IsRefused(string name)
    {
        var sample = LocalSamples.Get(name);
        if (name.StartsWith("key-", StringComparison.Ordinal) && name.EndsWith("-bare", StringComparison.Ordinal)) return;
        Assert.False((sample with { Root = new LocalSigstore().TrustedRoot() }).Verify().Accepted);
    }

    [Theory]
    [MemberData(nameof(LocalSamples.Names), MemberType = typeof(LocalSamples))]
    public void Kind_ByAnotherSigner_IsRefused(string name)
    {
        var sample = LocalSamples.Get(name);
        var signers = sample.Policy.Signers.Select(signer => signer.Key is null
            ? ExpectedSigner.Identity("https://github.com/acme/other", signer.Issuer!)
            : ExpectedSigner.Holder(TrustedKey.FromPem(LocalKey.P256().Pem)));
        var policy = sample.Policy with { Signers = [.. signers], Provenance = sample.Policy.Provenance is { } p ? p with { Source = "github.com/acme/other" } : null };
        Assert.False((sample with { Policy = policy }).Verify().Accepted);
    }

    [Fact]
    public void NothingExpected_IsNotAccepted()
    {
        var sample = LocalSamples.Get("message-0.3");
        var result = (sample with { Policy = sample.Policy with { Signers = [] } }).Verify();
        Assert.Equal(VerificationError.NoExpectation, result.Error);
        Assert.Equal(LocalSigstore.Workflow, result.Facts.Signer);
    }

    [Fact]
    public void SignedInTheFuture_IsRefused()
    {
        var sample = LocalSamples.Get("message-0.3");
        Assert.Equal(VerificationError.BadBundle, (sample with { Now = LocalSigstore.SignedAt.AddMinutes(-6) }).Verify().Error);
        Assert.True((sample with { Now = LocalSigstore.SignedAt.AddMinutes(-4) }).Verify().Accepted);
    }
}
