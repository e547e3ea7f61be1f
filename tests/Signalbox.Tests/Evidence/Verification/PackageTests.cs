using System.Text.Json.Nodes;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Provenance;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>The npm registry's list of attestations.</summary>
public sealed class PackageTests
{
    private const string Legacy = "https://github.com/actions/runner";
    private const string Hosted = Legacy + "/github-hosted";
    private const string SelfHosted = Legacy + "/self-hosted";
    private const string Slsa02 = "https://slsa.dev/provenance/v0.2";

    private static LocalSample Sample(Action<JsonObject>? change = null, string builder = Legacy, string runner = "github-hosted")
    {
        var provenance = LocalStatements.NpmProvenance();
        change?.Invoke(provenance);
        return LocalSamples.Npm(provenance, Slsa02, builder, runner);
    }

    private static LocalSample With(LocalSample sample, Func<ProvenancePolicy, ProvenancePolicy> change) =>
        sample with { Policy = sample.Policy with { Provenance = change(sample.Policy.Provenance!) } };

    private static void IsRefused(VerificationError error, LocalSample sample)
    {
        var result = sample.Verify();
        Assert.True(result.Error == error, $"expected {error}, was {result.Error?.ToString() ?? "accepted"}: {result.Reason}");
    }

    [Fact]
    public void HostedBuilder_MayBeNamedEitherWay()
    {
        Assert.True(Sample(builder: Legacy).Verify().Accepted);
        Assert.True(Sample(builder: Hosted).Verify().Accepted);
    }

    /// <summary>A builder that a delegator signed for is trusted at a release, as everywhere.</summary>
    [Theory]
    [InlineData("@refs/tags/v1.9.0", null)]
    [InlineData("@refs/heads/main", VerificationError.InvalidRef)]
    [InlineData("@refs/tags/v1.9.0-rc.1", VerificationError.InvalidRef)]
    [InlineData("", VerificationError.InvalidBuilderID)]
    public void DelegatedBuilder_IsTakenAtARelease(string version, VerificationError? error)
    {
        const string Builder = LocalSamples.Generator + "builder_nodejs_slsa3.yml";
        var provenance = new JsonObject
        {
            ["buildDefinition"] = new JsonObject
            {
                ["buildType"] = "https://github.com/slsa-framework/slsa-github-generator/delegator-generic@v0",
                ["externalParameters"] = new JsonObject { ["inputs"] = new JsonObject() },
                ["internalParameters"] = new JsonObject { ["GITHUB_WORKFLOW_REF"] = "acme/app/.github/workflows/release.yml@refs/heads/main" },
                ["resolvedDependencies"] = new JsonArray(new JsonObject { ["uri"] = "git+https://github.com/acme/app@refs/heads/main" }),
            },
            ["runDetails"] = new JsonObject { ["builder"] = new JsonObject { ["id"] = Builder + version }, ["metadata"] = new JsonObject() },
        };
        var result = LocalSamples.Npm(provenance, LocalSamples.SlsaOne, Builder, signer: LocalSamples.Generator + "delegator_generic_slsa3.yml@refs/tags/v1.9.0").Verify();
        Assert.True(result.Error == error, result.Reason);
    }

    [Fact]
    public void Level_OfTheProjectsOwnWorkflow_IsTwo() => Assert.Equal(2, Sample().Verify().Facts.Build!.Level);

    [Fact]
    public void BuilderMustBeNamed() => IsRefused(VerificationError.InvalidBuilderID, With(Sample(), p => p with { BuilderId = null }));

    [Fact]
    public void BuilderThatIsNoRunner_IsRefused() => IsRefused(VerificationError.NotSupported, With(Sample(), p => p with { BuilderId = "https://github.com/acme/runner" }));

    [Fact]
    public void MachineOfTheProjectsOwn_IsNotGitHubs()
    {
        IsRefused(VerificationError.MismatchBuilderID, Sample(builder: Hosted, runner: "self-hosted"));
        IsRefused(VerificationError.MismatchBuilderID, Sample(builder: SelfHosted, runner: "github-hosted"));
    }

    [Theory]
    [InlineData("@acme/other", "1.2.3", VerificationError.MismatchPackageName)]
    [InlineData("@acme/app", "1.2.4", VerificationError.MismatchPackageVersion)]
    public void AnotherPackage_IsRefused(string name, string version, VerificationError error) =>
        IsRefused(error, With(Sample(), p => p with { Package = p.Package! with { Name = name, Version = version } }));

    [Fact]
    public void NameAndVersion_NeedNotBeAsked() => Assert.True(With(Sample(), p => p with { Package = p.Package! with { Name = null, Version = null } }).Verify().Accepted);

    [Fact]
    public void KeyOfAnotherRegistry_IsRefused()
    {
        var other = Sample().Policy.Provenance!.Package!.Keys;
        IsRefused(VerificationError.BadBundle, With(Sample(), p => p with { Package = p.Package! with { Keys = other } }));
    }

    [Fact]
    public void ListWithoutTheRegistrysAttestation_IsRefused()
    {
        var sample = Sample();
        var list = JsonNode.Parse(sample.Bundle)!;
        list["attestations"]!.AsArray().RemoveAt(0);
        IsRefused(VerificationError.InvalidFormat, sample with { Bundle = LocalBundle.Write(list.AsObject()) });
    }

    [Fact]
    public void ListWithTwoProvenances_IsRefused()
    {
        var sample = Sample();
        var list = JsonNode.Parse(sample.Bundle)!;
        list["attestations"]!.AsArray().Add(list["attestations"]![1]!.DeepClone());
        IsRefused(VerificationError.InvalidFormat, sample with { Bundle = LocalBundle.Write(list.AsObject()) });
    }

    [Theory]
    [InlineData("GITHUB_EVENT_NAME", "release")]
    [InlineData("GITHUB_REF", "refs/heads/other")]
    [InlineData("GITHUB_REPOSITORY", "acme/other")]
    [InlineData("GITHUB_REPOSITORY_ID", "1")]
    [InlineData("GITHUB_REPOSITORY_OWNER_ID", "1")]
    [InlineData("GITHUB_RUN_ATTEMPT", "2")]
    [InlineData("GITHUB_RUN_ID", "98")]
    [InlineData("GITHUB_SHA", "0000000000000000000000000000000000000000")]
    [InlineData("GITHUB_WORKFLOW_REF", "acme/app/.github/workflows/other.yml@refs/heads/main")]
    [InlineData("GITHUB_WORKFLOW_SHA", "0000000000000000000000000000000000000000")]
    [InlineData("GITHUB_ACTOR", "mallory")]
    public void ClaimThatTheCertificateDoesNotBack_IsRefused(string claim, string value) =>
        IsRefused(VerificationError.MismatchCertificate, Sample(p => p["invocation"]!["environment"]![claim] = value));

    [Fact]
    public void ClaimsThatNothingBacks_AreRefused()
    {
        IsRefused(VerificationError.NonVerifiableClaim, Sample(p => p["metadata"]!["reproducible"] = true));
        IsRefused(VerificationError.NonVerifiableClaim, Sample(p => p["metadata"]!["completeness"]!["materials"] = true));
        IsRefused(VerificationError.NonVerifiableClaim, Sample(p => p["metadata"]!["buildStartedOn"] = "2026-03-01T12:00:00Z"));
        IsRefused(VerificationError.NonVerifiableClaim, Sample(p => p["invocation"]!["parameters"]!["a"] = "b"));
        IsRefused(VerificationError.NonVerifiableClaim, Sample(p => p["buildConfig"] = new JsonObject { ["a"] = "b" }));
        IsRefused(VerificationError.NonVerifiableClaim, Sample(p => p["materials"]!.AsArray().Add(new JsonObject { ["uri"] = "git+https://github.com/acme/more" })));
        IsRefused(VerificationError.MismatchCertificate, Sample(p => p["metadata"]!["buildInvocationId"] = "99-2"));
        IsRefused(VerificationError.MismatchCertificate, Sample(p => p["invocation"]!["configSource"]!["entryPoint"] = "other.yml"));
    }
}
