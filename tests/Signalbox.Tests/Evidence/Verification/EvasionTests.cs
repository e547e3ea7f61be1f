using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Provenance;
using Signalbox.Evidence.Verification.Timestamps;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>Ways around what was asked: a proof that counts twice, a demand that nothing meets, a stranger's evidence of another kind.</summary>
public sealed class EvasionTests
{
    private static LocalSigstore Instance => LocalSamples.Instance;

    private static ExpectedSigner Holder(LocalKey key) => ExpectedSigner.Holder(TrustedKey.FromPem(key.Pem));

    private static void IsRefused(VerificationError error, VerificationResult result) => Assert.True(result.Error == error, $"expected {error}, was {result.Error?.ToString() ?? "accepted"}: {result.Reason}");

    private static LocalSample Changed(string name, Action<JsonObject> change) => LocalSamples.Get(name).Change(bundle => change((JsonObject)bundle["verificationMaterial"]!));

    [Theory]
    [InlineData("message-0.3", "tlogEntries")]
    [InlineData("statement-rekor2-dsse", "tlogEntries")]
    [InlineData("key-p256", "tlogEntries")]
    public void LogEntry_ToldTwice_IsRefused(string name, string list)
    {
        var sample = Changed(name, material => material[list]!.AsArray().Add(material[list]![0]!.DeepClone()));
        IsRefused(VerificationError.BadBundle, sample.Verify());
        Assert.Equal("the bundle has the same log entry twice", sample.Verify().Reason);
    }

    [Fact]
    public void LogEntry_ToldTwiceWithAnotherProof_IsRefused() => Assert.Equal("the bundle has the same log entry twice", Changed("message-0.3", material =>
    {
        var second = material["tlogEntries"]![0]!.DeepClone();
        second.AsObject().Remove("inclusionPromise");
        // without a promise nothing is over the index of all shards
        second["logIndex"] = "7";
        material["tlogEntries"]!.AsArray().Add(second);
    }).Verify().Reason);

    [Fact]
    public void Timestamp_ToldTwice_IsRefused() => Assert.Equal("the bundle has the same timestamp twice", Changed("message-rekor2", material =>
        material["timestampVerificationData"]!["rfc3161Timestamps"]!.AsArray().Add(material["timestampVerificationData"]!["rfc3161Timestamps"]![0]!.DeepClone())).Verify().Reason);

    [Fact]
    public void MoreProofsThanAnybodyNeeds_AreRefusedBeforeTheyCostAnything() => Assert.Equal("the bundle has 33 log entries and 0 timestamps; the most is 32 of each", Changed("message-0.3", material =>
    {
        for (var i = 1; i < 33; i++)
        {
            var more = material["tlogEntries"]![0]!.DeepClone();
            more["logIndex"] = i.ToString(CultureInfo.InvariantCulture);
            material["tlogEntries"]!.AsArray().Add(more);
        }
    }).Verify().Reason);

    [Fact]
    public void ImageSignature_IsNoProvenance_WhoeverSigned()
    {
        var policy = new VerificationPolicy { Artifact = [new("sha256", LocalImages.Image[7..])], Provenance = new("github.com/acme/app") { BuilderId = LocalSigstore.Workflow } };
        var signature = LocalImages.Keyless(Instance, LocalImages.Document(LocalImages.Image));
        IsRefused(VerificationError.InvalidDssePayload, signature.Verify(Instance.TrustedRoot(), policy, LocalSigstore.Now));
        IsRefused(VerificationError.InvalidDssePayload, signature.Verify(Instance.TrustedRoot(), policy with { Signers = [ExpectedSigner.Identity(LocalSigstore.Workflow, LocalSigstore.GitHubIssuer)] }, LocalSigstore.Now));
    }

    [Fact]
    public void Certificate_IsNoWayAroundAKey_AlsoWhereASourceIsAsked()
    {
        var sample = LocalSamples.Get("github-attestation");
        IsRefused(VerificationError.UntrustedKey, (sample with { Policy = sample.Policy with { Signers = [Holder(LocalKey.P256())] } }).Verify());
    }

    [Fact]
    public void ProvenanceSigner_ThatIsNamed_MustHaveSigned()
    {
        var sample = LocalSamples.Get("github-attestation");
        LocalSample By(string name) => sample with { Policy = sample.Policy with { Signers = [ExpectedSigner.Identity(name, LocalSigstore.GitHubIssuer)] } };
        Assert.True(By(LocalSigstore.Workflow).Verify().Accepted);
        IsRefused(VerificationError.MismatchIdentity, By("https://github.com/acme/other").Verify());
    }

    [Fact]
    public void PackageSigner_ThatIsNamed_MustHaveSigned()
    {
        var sample = LocalSamples.Get("npm");
        LocalSample By(ExpectedSigner signer) => sample with { Policy = sample.Policy with { Signers = [signer] } };
        Assert.True(By(ExpectedSigner.Identity(LocalSigstore.Workflow, LocalSigstore.GitHubIssuer)).Verify().Accepted);
        IsRefused(VerificationError.MismatchIdentity, By(ExpectedSigner.Identity("https://github.com/acme/other", LocalSigstore.GitHubIssuer)).Verify());
        IsRefused(VerificationError.InvalidOIDCIssuer, By(ExpectedSigner.Identity("*", "https://issuer.example")).Verify());
        IsRefused(VerificationError.MismatchIdentity, By(Holder(LocalKey.P256())).Verify());
    }

    [Fact]
    public void PackageThatIsAsked_IsNotProvenByProvenanceWithoutItsRegistry()
    {
        var sample = LocalSamples.Get("github-attestation");
        var package = LocalSamples.Get("npm").Policy.Provenance!.Package;
        IsRefused(VerificationError.InvalidFormat, (sample with { Policy = sample.Policy with { Provenance = sample.Policy.Provenance! with { Package = package } } }).Verify());
    }

    [Theory]
    [InlineData(true, null, true)]
    [InlineData(true, "2027-01-01T00:00:00.000Z", true)]
    [InlineData(true, "2025-01-01T00:00:00.000Z", false)]
    [InlineData(false, null, true)]
    [InlineData(false, "2027-01-01T00:00:00.000Z", false)]
    public void RegistrysKey_ThatHasEnded_CountsForWhatIsProvenToBeOlder(bool withPromise, string? end, bool accepted)
    {
        var registry = LocalKey.P256();
        var keys = LocalSamples.RegistryKeysJson(registry);
        if (end is not null) keys["keys"]![0]!["publicKey"]!["validFor"]!["end"] = end;
        var sample = LocalSamples.Get("npm");
        var list = JsonNode.Parse(sample.Bundle)!;
        var statement = Convert.FromBase64String((string)list["attestations"]![0]!["bundle"]!["dsseEnvelope"]!["payload"]!);
        list["attestations"]![0]!["bundle"] = JsonNode.Parse(new LocalBundle(Instance, registry) { Version = "0.2", Entry = EntryKind.InToto, KeyHint = "SHA256:local", WithPromise = withPromise }.Envelope(statement, keyId: "SHA256:local"));
        var package = new PackagePolicy("@acme/app", "1.2.3", RegistryKeys.Read(Encoding.UTF8.GetBytes(keys.ToJsonString())));
        var result = (sample with { Bundle = LocalBundle.Write((JsonObject)list), Policy = sample.Policy with { Provenance = sample.Policy.Provenance! with { Package = package } } }).Verify();
        Assert.True(result.Accepted == accepted, result.Reason);
        if (!accepted) Assert.Contains("the registry's key was", result.Reason, StringComparison.Ordinal);
    }

    private static LocalSample Witnessed(LocalSample sample, int threshold, params LocalWitness[] witnesses) =>
        sample.Ask(policy => policy with { Witnesses = new([.. witnesses.Select(witness => witness.Known)], threshold) });

    private static LocalSample Cosigned(LocalWitness witness, Func<byte[], byte[]>? over = null) =>
        Changed("message-0.3", material => witness.Cosign(material["tlogEntries"]![0]!, over));

    [Fact]
    public void Witnesses_ThatAreDemanded_MustHaveSignedSomeCheckpoint()
    {
        var (one, two) = (new LocalWitness("one.example"), new LocalWitness("two.example"));
        var cosigned = Cosigned(one);
        Assert.True(Witnessed(cosigned, 1, one).Verify().Accepted, Witnessed(cosigned, 1, one).Verify().Reason);
        IsRefused(VerificationError.BadBundle, Witnessed(cosigned, 2, one, two).Verify());
        IsRefused(VerificationError.BadBundle, Witnessed(cosigned, 1, new LocalWitness("one.example")).Verify());
        IsRefused(VerificationError.BadBundle, Witnessed(Cosigned(one, _ => [1]), 1, one).Verify());
        // one that is named twice has signed once
        IsRefused(VerificationError.BadBundle, Witnessed(cosigned, 2, one, one).Verify());
    }

    [Theory]
    [InlineData("message-0.1")]
    [InlineData("key-p256-bare")]
    [InlineData("key-envelope-bare")]
    [InlineData("image-keyless")]
    [InlineData("key-image-bare")]
    public void Witnesses_ThatAreDemanded_AreNotPassedOver_WhereThereIsNoCheckpoint(string name) =>
        IsRefused(VerificationError.NoLogProof, Witnessed(LocalSamples.Get(name), 1, new LocalWitness("one.example")).Verify());

    [Theory]
    [InlineData(null)]
    [InlineData("self-hosted")]
    [InlineData("somewhere-else")]
    public void Machine_ThatIsNotSaidToBeGitHubs_IsTheProjectsOwn(string? runner)
    {
        var claims = LocalSigstore.GitHubClaims(runner: runner ?? "").Where(claim => runner is not null || claim.Item1 != 11).ToArray();
        var result = LocalSamples.Built(LocalSigstore.Workflow, LocalStatements.WorkflowProvenance(LocalSigstore.Workflow), LocalSamples.SlsaOne, claims, new("github.com/acme/app") { BuilderId = LocalSigstore.Workflow }).Verify();
        Assert.True(result.Accepted, result.Reason);
        Assert.Equal(1, result.Facts.Build!.Level);
    }

    [Fact]
    public void Ref_ThatTheCertificateDoesNotSay_IsNotBelievedOfAProjectsOwnWorkflow()
    {
        (int, string)[] claims = [.. LocalSigstore.GitHubClaims().Where(claim => claim.Item1 is not (6 or 14))];
        IsRefused(VerificationError.MismatchCertificate, LocalSamples.Built(LocalSigstore.Workflow, LocalStatements.WorkflowProvenance(LocalSigstore.Workflow), LocalSamples.SlsaOne, claims, new("github.com/acme/app") { BuilderId = LocalSigstore.Workflow }).Verify());
    }

    [Fact]
    public void CertificateLog_ThatTheRootDoesNotName_IsSaidToBeNotAsked()
    {
        var json = Instance.TrustedRootJson();
        json["ctlogs"] = new JsonArray();
        var sample = LocalSamples.Get("message-0.3") with { Root = Signalbox.Evidence.Verification.Trust.TrustedRoot.Read(LocalBundle.Write(json)) };
        Assert.Contains(sample.Verify().Steps, step => step is { Link: "certificate-log", Outcome: LinkOutcome.NotAsked });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Timestamp_OfACertificateThatIsNotForThemAlone_IsRefused(bool critical)
    {
        var authority = new LocalTimestampAuthority(LocalSigstore.SignedAt.AddYears(-1), LocalSigstore.SignedAt.AddYears(1), critical);
        CertificateAuthority[] trusted = [new("tsa", [CertificateReader.Read(authority.Root.Der)], new(DateTimeOffset.MinValue, null))];
        void Verify() => TimestampVerifier.Verify(TimestampReader.ReadResponse(authority.Stamp([1], LocalSigstore.SignedAt, withCertificate: true)), [1], trusted);
        if (critical) Verify();
        else Assert.Contains("not for timestamps alone", Assert.Throws<Refusal>(Verify).Message, StringComparison.Ordinal);
    }

    /// <summary>A critical extension changes what the time means (RFC 3161 section 2.4.2).</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Timestamp_WithAnExtension_IsRefusedWhereItIsCritical(bool critical)
    {
        var authority = new LocalTimestampAuthority(LocalSigstore.SignedAt.AddYears(-1), LocalSigstore.SignedAt.AddYears(1)) { Extension = critical };
        CertificateAuthority[] trusted = [new("tsa", [CertificateReader.Read(authority.Root.Der)], new(DateTimeOffset.MinValue, null))];
        void Verify() => TimestampVerifier.Verify(TimestampReader.ReadResponse(authority.Stamp([1], LocalSigstore.SignedAt, withCertificate: true)), [1], trusted);
        if (!critical) Verify();
        else Assert.Contains("critical extension 1.2.3.4", Assert.Throws<MalformedException>(Verify).Message, StringComparison.Ordinal);
    }

    /// <summary>Two spellings of one name are one name: parsers that keep the last would read something else than those that keep the first.</summary>
    [Theory]
    [InlineData("\"mediaType\"", "\"media\\u0054ype\"")]
    [InlineData("\"payload\"", "\"\\u0070ayload\"")]
    [InlineData("\"sig\"", "\"s\\u0069g\"")]
    public void Key_ToldTwiceInTwoSpellings_IsRefused(string name, string again)
    {
        var sample = LocalSamples.Get("statement-dsse");
        var text = Encoding.UTF8.GetString(sample.Bundle);
        Assert.True((sample with { Bundle = Encoding.UTF8.GetBytes(text.Replace(name, again, StringComparison.Ordinal)) }).Verify().Accepted);
        var at = text.IndexOf(name, StringComparison.Ordinal);
        IsRefused(VerificationError.BadBundle, (sample with { Bundle = Encoding.UTF8.GetBytes(text.Insert(at, $"{again}:\"x\",")) }).Verify());
    }
}
