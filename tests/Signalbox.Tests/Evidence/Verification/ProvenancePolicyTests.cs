using System.Text.Json.Nodes;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Provenance;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>What provenance says against what is expected: every claim that differs is refused by its name.</summary>
public sealed class ProvenancePolicyTests
{
    private const string Tagged = "https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.2.3";
    private const string Shared = "https://github.com/acme/builders/.github/workflows/build.yml@refs/tags/v2.0.0";

    private static ProvenancePolicy Policy => new("github.com/acme/app") { BuilderId = LocalSigstore.Workflow };

    private static VerificationResult Attest(Action<JsonObject>? change = null, ProvenancePolicy? policy = null, string signer = LocalSigstore.Workflow, (int, string)[]? claims = null, string? builder = null)
    {
        var provenance = LocalStatements.WorkflowProvenance(builder ?? signer);
        change?.Invoke(provenance);
        return LocalSamples.Built(signer, provenance, LocalSamples.SlsaOne, claims ?? LocalSigstore.GitHubClaims(signer: signer), policy ?? Policy).Verify();
    }

    private static void IsRefused(VerificationError error, VerificationResult result) => Assert.True(result.Error == error, $"expected {error}, was {result.Error?.ToString() ?? "accepted"}: {result.Reason}");

    [Fact]
    public void OwnWorkflow_IsLevelTwo_AndSaysWhatWasBuilt()
    {
        var result = Attest();
        Assert.True(result.Accepted, result.Reason);
        Assert.Equal(new BuildFacts(LocalSigstore.Workflow, LocalStatements.WorkflowType, "git+https://github.com/acme/app", "refs/heads/main", LocalSigstore.Commit, 2), result.Facts.Build);
    }

    [Fact]
    public void ReusableWorkflow_IsLevelThree()
    {
        var result = Attest(signer: Shared, policy: Policy with { BuilderId = "https://github.com/acme/builders/.github/workflows/build.yml", MinimumLevel = 3 });
        Assert.True(result.Accepted, result.Reason);
        Assert.Equal(3, result.Facts.Build!.Level);
    }

    [Fact]
    public void OwnMachine_IsLevelOne()
    {
        var result = Attest(claims: LocalSigstore.GitHubClaims(runner: "self-hosted"));
        Assert.Equal(1, result.Facts.Build!.Level);
        IsRefused(VerificationError.LevelTooLow, Attest(claims: LocalSigstore.GitHubClaims(runner: "self-hosted"), policy: Policy with { MinimumLevel = 2 }));
    }

    [Fact]
    public void LevelAboveTheBuilders_IsRefused() => IsRefused(VerificationError.LevelTooLow, Attest(policy: Policy with { MinimumLevel = 3 }));

    [Fact]
    public void UnknownParameterFromOutside_IsRefused() => IsRefused(VerificationError.UnknownParameter,
        Attest(p => p["buildDefinition"]!["externalParameters"]!["flags"] = "-static"));

    [Fact]
    public void Inputs_MustBeAsExpected()
    {
        void WithInput(JsonObject p) => p["buildDefinition"]!["externalParameters"]!["inputs"] = new JsonObject { ["channel"] = "stable" };
        Assert.True(Attest(WithInput, Policy with { Inputs = new Dictionary<string, string> { ["channel"] = "stable" } }).Accepted);
        IsRefused(VerificationError.UnknownParameter, Attest(WithInput, Policy with { Inputs = new Dictionary<string, string> { ["channel"] = "edge" } }));
        IsRefused(VerificationError.UnknownParameter, Attest(null, Policy with { Inputs = new Dictionary<string, string> { ["channel"] = "edge" } }));
    }

    [Theory]
    [InlineData("event_name", "release")]
    [InlineData("repository_id", "1")]
    [InlineData("repository_owner_id", "1")]
    [InlineData("runner_environment", "self-hosted")]
    [InlineData("actor", "mallory")]
    public void ClaimThatTheCertificateDoesNotBack_IsRefused(string claim, string value) => IsRefused(VerificationError.MismatchCertificate,
        Attest(p => p["buildDefinition"]!["internalParameters"]!["github"]![claim] = value));

    [Fact]
    public void ClaimOfTimes_IsRefused() => IsRefused(VerificationError.NonVerifiableClaim, Attest(p => p["runDetails"]!["metadata"]!["startedOn"] = "2026-03-01T12:00:00Z"));

    [Fact]
    public void AnotherRun_IsRefused() => IsRefused(VerificationError.MismatchCertificate, Attest(p => p["runDetails"]!["metadata"]!["invocationId"] = "https://github.com/acme/app/actions/runs/98/attempts/1"));

    [Fact]
    public void AnotherWorkflowFile_IsRefused() => IsRefused(VerificationError.MismatchCertificate, Attest(p => p["buildDefinition"]!["externalParameters"]!["workflow"]!["path"] = ".github/workflows/other.yml"));

    [Fact]
    public void AnotherReferenceThanTheCertificates_IsRefused()
    {
        void OfTag(JsonObject p)
        {
            p["buildDefinition"]!["externalParameters"]!["workflow"]!["ref"] = "refs/tags/v9";
            p["buildDefinition"]!["resolvedDependencies"]![0]!["uri"] = "git+https://github.com/acme/app@refs/tags/v9";
        }
        IsRefused(VerificationError.MismatchCertificate, Attest(OfTag, Policy with { Tag = "v9" }));
    }

    [Fact]
    public void AnotherBuilderInTheProvenance_IsRefused() => IsRefused(VerificationError.MismatchBuilderID, Attest(builder: Shared));

    [Fact]
    public void BuilderThatNobodyNamed_IsRefused() => IsRefused(VerificationError.UntrustedReusableWorkflow, Attest(policy: Policy with { BuilderId = null }));

    [Fact]
    public void BuilderOnABranch_IsTakenOnlyWhereItsReferenceIsNamed() =>
        IsRefused(VerificationError.InvalidRef, Attest(policy: Policy with { BuilderId = "https://github.com/acme/app/.github/workflows/release.yml" }));

    [Fact]
    public void BuilderAtARelease_IsTakenByName() =>
        Assert.True(Attest(signer: Tagged, policy: Policy with { BuilderId = "https://github.com/acme/app/.github/workflows/release.yml@v1.2.3" }).Accepted);

    [Fact]
    public void AnotherIdentityProvider_IsRefused()
    {
        var claims = LocalSigstore.GitHubClaims().Select(c => c is (1, _) or (8, _) ? (c.Item1, "https://issuer.example") : c).ToArray();
        IsRefused(VerificationError.InvalidOIDCIssuer, Attest(claims: claims));
    }

    [Fact]
    public void ClaimsThatContradictEachOther_AreRefused()
    {
        var claims = LocalSigstore.GitHubClaims().Select(c => c is (5, _) ? (5, "acme/other") : c).ToArray();
        IsRefused(VerificationError.InvalidCertificate, Attest(claims: claims));
    }

    [Theory]
    [InlineData("github.com/acme/app2", VerificationError.MismatchSource)]
    [InlineData("gitlab.com/acme/app", VerificationError.MismatchSource)]
    [InlineData("", VerificationError.MismatchSource)]
    public void AnotherSource_IsRefused(string source, VerificationError error) => IsRefused(error, Attest(policy: Policy with { Source = source }));

    [Fact]
    public void SourceInEachSpelling_IsTaken()
    {
        foreach (var source in new[] { "github.com/acme/app", "https://github.com/acme/app", "git+https://github.com/acme/app" })
            Assert.True(Attest(policy: Policy with { Source = source }).Accepted, source);
    }

    [Fact]
    public void NotProvenance_IsRefused() => IsRefused(VerificationError.InvalidDssePayload,
        LocalSamples.Built(LocalSigstore.Workflow, [], "https://example.com/other", LocalSigstore.GitHubClaims(), Policy).Verify());

    [Fact]
    public void AnotherBuildType_IsRefused() => IsRefused(VerificationError.InvalidDssePayload, Attest(p => p["buildDefinition"]!["buildType"] = "https://example.com/type"));

    /// <summary>Of SLSA 0.2 the parameters stand in the invocation; the generators write what a person typed who started the workflow.</summary>
    [Theory]
    [InlineData("""{"flags":"-static"}""", VerificationError.UnknownParameter)]
    [InlineData("""{"event_inputs":{"release_version":"v1.2.3"}}""", null)]
    [InlineData("""{"event_inputs":{},"flags":"-static"}""", VerificationError.UnknownParameter)]
    [InlineData("{}", null)]
    [InlineData("null", null)]
    public void UnknownParameterOfAGenerator_IsRefused(string parameters, VerificationError? error)
    {
        const string Builder = LocalSamples.Generator + "generator_generic_slsa3.yml@refs/tags/v2.1.0";
        var provenance = LocalStatements.GeneratorProvenance(Builder, "https://github.com/slsa-framework/slsa-github-generator/generic@v1");
        provenance["invocation"]!["parameters"] = JsonNode.Parse(parameters);
        var claims = LocalSigstore.GitHubClaims(signer: Builder, config: "https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.2.3", reference: "refs/tags/v1.2.3");
        Assert.Equal(error, LocalSamples.Built(Builder, provenance, "https://slsa.dev/provenance/v0.2", claims, new("github.com/acme/app")).Verify().Error);
    }

    [Theory]
    [InlineData("v1", "v1.2.3", true)]
    [InlineData("v1.2", "v1.2.3", true)]
    [InlineData("v1.2.3", "v1.2.3", true)]
    [InlineData("v14.0", "v14", true)]
    [InlineData("v14.2.0", "v14.2", true)]
    [InlineData("v14.2.1", "v14.2", false)]
    [InlineData("v2", "v1.2.3", false)]
    [InlineData("v1.3", "v1.2.3", false)]
    [InlineData("v1", "v10", false)]
    [InlineData("v1.2.3", "v1.2.3-rc.1", false)]
    [InlineData("v1.2.3", "v1.2.3+build.5", true)]
    public void VersionedTag_MatchesThePartsItSays(string expected, string tag, bool matches) =>
        Assert.Equal(matches, SemanticVersion.TryParse(tag)!.Matches(SemanticVersion.TryParse(expected)!));

    [Theory]
    [InlineData("1.2.3")]
    [InlineData("v01")]
    [InlineData("v1.2.3.4")]
    [InlineData("v1-rc")]
    [InlineData("v1\n")]
    [InlineData("")]
    public void VersionedTag_ThatIsNone_IsRefused(string text) => Assert.Null(SemanticVersion.TryParse(text));
}
