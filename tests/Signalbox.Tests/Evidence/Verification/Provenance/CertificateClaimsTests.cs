using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Evidence.Verification;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification.Provenance;

/// <summary>What a project's own workflow claims is believed where the certificate says it too, and nowhere else.</summary>
public sealed class CertificateClaimsTests
{
    private const string Slsa02 = "https://slsa.dev/provenance/v0.2", Runner = "https://github.com/actions/runner", Hosted = Runner + "/github-hosted", SelfHosted = Runner + "/self-hosted",
        Delegator = LocalSamples.Generator + "delegator_generic_slsa3.yml@refs/tags/v1.9.0", Node = LocalSamples.Generator + "builder_nodejs_slsa3.yml";

    private static (int Number, string Value)[] Without(params int[] numbers) => [.. LocalSigstore.GitHubClaims().Where(claim => !numbers.Contains(claim.Item1))];

    private static (int Number, string Value)[] With(int number, string value) => [.. Without(number), (number, value)];

    private static VerificationResult Attested(Action<JsonNode>? change = null, (int, string)[]? claims = null)
    {
        var provenance = LocalStatements.WorkflowProvenance(LocalSigstore.Workflow);
        change?.Invoke(provenance);
        return LocalSamples.Built(LocalSigstore.Workflow, provenance, LocalSamples.SlsaOne, claims ?? LocalSigstore.GitHubClaims(), new("github.com/acme/app") { BuilderId = LocalSigstore.Workflow }).Verify();
    }

    /// <summary>A package whose provenance, statement or certificate is another than the sample's.</summary>
    private static VerificationResult Packed(Action<JsonNode>? change = null, (int, string)[]? claims = null, Action<JsonNode>? statement = null, string builder = Runner)
    {
        var provenance = LocalStatements.NpmProvenance();
        change?.Invoke(provenance);
        var sample = LocalSamples.Npm(provenance, Slsa02, builder);
        if (claims is null && statement is null) return sample.Verify();
        var list = JsonNode.Parse(sample.Bundle)!;
        var envelope = list["attestations"]![1]!["bundle"]!["dsseEnvelope"]!;
        var payload = JsonNode.Parse(Convert.FromBase64String((string)envelope["payload"]!))!;
        statement?.Invoke(payload);
        var key = LocalKey.P256();
        var signed = new LocalBundle(LocalSamples.Instance, key) { Version = "0.2", Entry = EntryKind.InToto, Certificate = LocalSamples.Instance.Certify(key, LocalSigstore.Workflow, claims ?? LocalSigstore.GitHubClaims()) };
        list["attestations"]![1]!["bundle"] = JsonNode.Parse(signed.Envelope(Encoding.UTF8.GetBytes(payload.ToJsonString())));
        return (sample with { Bundle = LocalBundle.Write((JsonObject)list) }).Verify();
    }

    private static void Accepted(VerificationResult result) => Assert.True(result.Accepted, result.Reason);

    private static void Refused(VerificationError error, string saying, VerificationResult result)
    {
        Assert.True(result.Error == error, $"expected {error}, was {result.Error?.ToString() ?? "accepted"}: {result.Reason}");
        Assert.Contains(saying, result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Context_MayBeLeftOut_OrSayWhatTheCertificateSays()
    {
        Accepted(Attested(p => p["buildDefinition"]!.AsObject().Remove("internalParameters")));
        Accepted(Attested(p => p["buildDefinition"]!["internalParameters"]!.AsObject().Remove("github")));
        Accepted(Attested(p => p["buildDefinition"]!["internalParameters"]!["github"]!["runner_environment"] = "github-hosted"));
        // a number is what it is written as
        Accepted(Attested(p => p["buildDefinition"]!["internalParameters"]!["github"]!["repository_id"] = 4711));
        Accepted(Packed(p => p["invocation"]!.AsObject().Remove("environment")));
        Refused(VerificationError.MismatchCertificate, "the provenance says 'release' of event_name, the certificate 'push'", Attested(p => p["buildDefinition"]!["internalParameters"]!["github"]!["event_name"] = "release"));
        Refused(VerificationError.MismatchCertificate, "the provenance says '4711' of repository_id, the certificate 'nothing'", Attested(claims: Without(15)));
        Refused(VerificationError.MismatchCertificate, "the provenance claims 'actor', which no certificate backs", Attested(p => p["buildDefinition"]!["internalParameters"]!["github"]!["actor"] = "mallory"));
        Refused(VerificationError.MismatchCertificate, "the provenance claims 'GITHUB_ACTOR', which no certificate backs", Packed(p => p["invocation"]!["environment"]!["GITHUB_ACTOR"] = "mallory"));
    }

    [Fact]
    public void TimesAndCompleteness_NothingBacks()
    {
        const string Times = "the provenance claims when the build started or ended, which nothing backs", Complete = "the provenance claims that it is complete or reproducible, which nothing backs";
        foreach (var name in new[] { "startedOn", "finishedOn" }) Refused(VerificationError.NonVerifiableClaim, Times, Attested(p => p["runDetails"]!["metadata"]![name] = "2026-03-01T12:00:00Z"));
        foreach (var name in new[] { "buildStartedOn", "buildFinishedOn" }) Refused(VerificationError.NonVerifiableClaim, Times, Packed(p => p["metadata"]![name] = "2026-03-01T12:00:00Z"));
        foreach (var name in new[] { "parameters", "environment", "materials" }) Refused(VerificationError.NonVerifiableClaim, Complete, Packed(p => p["metadata"]!["completeness"]![name] = true));
        Refused(VerificationError.NonVerifiableClaim, Complete, Packed(p => p["metadata"]!["reproducible"] = true));
        Refused(VerificationError.NonVerifiableClaim, Complete, Packed(p => p["metadata"]!["reproducible"] = "no"));
        Accepted(Packed(p => p["metadata"]!["reproducible"] = null));
        Accepted(Packed(p => p["metadata"]!.AsObject().Remove("completeness")));
        Accepted(Packed(p => p.AsObject().Remove("metadata")));
        Accepted(Attested(p => p["runDetails"]!.AsObject().Remove("metadata")));
    }

    [Fact]
    public void ParametersAndConfiguration_NothingBacks()
    {
        foreach (var value in new JsonNode[] { new JsonObject { ["a"] = "b" }, new JsonArray(), "text" })
            Refused(VerificationError.NonVerifiableClaim, "the provenance claims a build configuration, which nothing backs", Packed(p => p["buildConfig"] = value.DeepClone()));
        Refused(VerificationError.NonVerifiableClaim, "the provenance claims parameters, which nothing backs", Packed(p => p["invocation"]!["parameters"]!["a"] = "b"));
        Accepted(Packed(p => p["buildConfig"] = new JsonObject()));
        Accepted(Packed(p => p["buildConfig"] = null));
        Accepted(Packed(p => p["invocation"]!.AsObject().Remove("parameters")));
    }

    [Fact]
    public void Run_IsTheCertificates()
    {
        Refused(VerificationError.MismatchCertificate, "the provenance says 'https://github.com/acme/app/actions/runs/98/attempts/1' of run, the certificate 'https://github.com/acme/app/actions/runs/99/attempts/1'",
            Attested(p => p["runDetails"]!["metadata"]!["invocationId"] = "https://github.com/acme/app/actions/runs/98/attempts/1"));
        // the older spelling is no way around it
        Refused(VerificationError.MismatchCertificate, "of run, the certificate", Attested(p => p["runDetails"]!["metadata"] = new JsonObject { ["invocationID"] = "x" }));
        Refused(VerificationError.MismatchCertificate, "the provenance says '99-2' of run, the certificate '99-1'", Packed(p => p["metadata"]!["buildInvocationId"] = "99-2"));
        Refused(VerificationError.MismatchCertificate, "the provenance says 'x' of run, the certificate '99-1'", Packed(p => p["metadata"] = new JsonObject { ["buildInvocationID"] = "x" }));
        Accepted(Packed(p => p["metadata"] = new JsonObject { ["buildInvocationID"] = "99-1" }));
        foreach (var uri in new[] { "https://github.com/acme/other/actions/runs/99/attempts/1", "https://github.com/acme/app/actions/runs/99", "https://github.com/acme/app/actions/runs/99/tries/1" })
            Refused(VerificationError.MismatchCertificate, "of GITHUB_RUN_ATTEMPT, the certificate 'nothing'", Packed(claims: With(21, uri)));
        Refused(VerificationError.MismatchCertificate, "of GITHUB_RUN_ATTEMPT, the certificate 'nothing'", Packed(claims: Without(21)));
        // without the variables the run itself is held against the certificate
        Refused(VerificationError.MismatchCertificate, "the provenance says '99-1' of run, the certificate 'nothing'", Packed(p => p["invocation"]!.AsObject().Remove("environment"), Without(21)));
    }

    [Fact]
    public void WorkflowFile_IsTheCertificates()
    {
        Refused(VerificationError.MismatchCertificate, "the provenance says 'other.yml' of workflow, the certificate '.github/workflows/release.yml'", Attested(p => p["buildDefinition"]!["externalParameters"]!["workflow"]!["path"] = "other.yml"));
        Accepted(Attested(p => p["buildDefinition"]!["externalParameters"]!["workflow"]!.AsObject().Remove("path"), Without(18)));
        foreach (var uri in new[] { "https://github.com/acme/other/.github/workflows/release.yml@refs/heads/main", "https://github.com/acme/app/.github/workflows/release.yml", "https://github.com/acme/app/.github/workflows/release.yml@a@b" })
            Refused(VerificationError.MismatchCertificate, "the provenance says '.github/workflows/release.yml' of workflow, the certificate 'nothing'", Attested(claims: With(18, uri)));
        Refused(VerificationError.MismatchCertificate, "of workflow, the certificate 'nothing'", Attested(claims: Without(18)));
    }

    [Fact]
    public void Package_HasOneSubjectAndOneSource()
    {
        Refused(VerificationError.NonVerifiableClaim, "the provenance claims 2 subjects, which nothing backs", Packed(statement: s => s["subject"]!.AsArray().Add(s["subject"]![0]!.DeepClone())));
        Refused(VerificationError.NonVerifiableClaim, "the provenance claims a subject without a sha512 digest, which nothing backs", Packed(statement: s => s["subject"]![0]!["digest"] = new JsonObject { ["sha256"] = LocalSamples.Digests[0].Hex }));
        Refused(VerificationError.NonVerifiableClaim, "the provenance claims 2 dependencies, which nothing backs", Packed(p => p["materials"]!.AsArray().Add(new JsonObject { ["uri"] = "git+https://github.com/acme/more" })));
    }

    [Fact]
    public void PackagesLinks_AreSaid()
    {
        var result = LocalSamples.Get("npm").Verify();
        var sha512 = LocalSamples.Get("npm").Policy.Artifact[1];
        Assert.Equal(
            [
                $"builder Proven: built by {Runner}", "source Proven: built from git+https://github.com/acme/app", $"artifact Proven: pkg:npm/%40acme/app@1.2.3 has the digest {sha512}",
                "ref NotAsked: no branch or tag was asked for", "level Proven: SLSA build level 2", "package Proven: the registry attests that it published this package",
            ],
            result.Steps.SkipWhile(step => step.Link != "builder").Select(step => $"{step.Link} {step.Outcome}: {step.Detail}"));
    }

    /// <summary>The first provenance of the npm program left out which reference was built.</summary>
    [Fact]
    public void FirstPackages_SayNoReference()
    {
        static void Bare(JsonNode p, string type)
        {
            p["buildType"] = type;
            p["materials"]![0]!["uri"] = "git+https://github.com/acme/app";
        }
        Accepted(Packed(p => Bare(p, "https://github.com/npm/cli/gha@v1")));
        Refused(VerificationError.MalformedURI, "the provenance does not say which reference was built", Packed(p => Bare(p, "https://github.com/npm/cli/gha/v2")));
    }

    [Fact]
    public void PackagesBuilder_IsTheOneThatIsNamed_WhereItRan()
    {
        Refused(VerificationError.NotSupported, "the certificate does not say where the build ran", Packed(claims: Without(11)));
        Refused(VerificationError.NotSupported, "the certificate does not say where the build ran", Packed(claims: With(11, "elsewhere")));
        Refused(VerificationError.MismatchBuilderID, $"the provenance is of the builder {Runner}/other; expected {Hosted}", Packed(p => p["builder"]!["id"] = Runner + "/other", builder: Hosted));
        Accepted(Packed(p => p["builder"]!["id"] = Hosted));
        Refused(VerificationError.NotSupported, $"'{Runner}/other' is not a builder of npm packages; expected {Hosted} or {SelfHosted}", Packed(builder: Runner + "/other"));
        VerificationResult On(string runner) => LocalSamples.Npm(LocalStatements.WorkflowProvenance(SelfHosted), LocalSamples.SlsaOne, SelfHosted, runner).Verify();
        Assert.Equal(1, On("self-hosted").Facts.Build?.Level);
        // a workflow that is shared keeps the npm program from its key no better than a project's own
        const string Shared = "https://github.com/acme/builders/.github/workflows/publish.yml@refs/tags/v2.0.0";
        Assert.Equal(2, LocalSamples.Npm(LocalStatements.WorkflowProvenance(Hosted, LocalStatements.NpmWorkflowType), LocalSamples.SlsaOne, Hosted, signer: Shared).Verify().Facts.Build?.Level);
        Refused(VerificationError.MismatchBuilderID, $"the build ran github-hosted; expected {SelfHosted}", On("github-hosted"));
    }

    [Theory]
    [InlineData("refs/tags/v1.9.0", "github-hosted", null)]
    [InlineData("refs/tags/v1.9.0", "", null)]
    [InlineData("refs/tags/v1.9.0", "self-hosted", VerificationError.MismatchBuilderID)]
    [InlineData("refs/heads/main", "github-hosted", VerificationError.InvalidRef)]
    public void Delegator_OfAPackage_IsTrustedAtARelease_OnGitHubsMachines(string version, string runner, VerificationError? error)
    {
        var provenance = new JsonObject
        {
            ["buildDefinition"] = new JsonObject
            {
                ["buildType"] = "https://github.com/slsa-framework/slsa-github-generator/delegator-generic@v0",
                ["externalParameters"] = new JsonObject { ["inputs"] = new JsonObject() },
                ["internalParameters"] = new JsonObject { ["GITHUB_WORKFLOW_REF"] = "acme/app/.github/workflows/release.yml@refs/heads/main" },
                ["resolvedDependencies"] = new JsonArray(new JsonObject { ["uri"] = "git+https://github.com/acme/app@refs/heads/main" }),
            },
            ["runDetails"] = new JsonObject { ["builder"] = new JsonObject { ["id"] = Node + "@refs/tags/v1.9.0" }, ["metadata"] = new JsonObject { ["startedOn"] = "2026-03-01T12:00:00Z" } },
        };
        var result = LocalSamples.Npm(provenance, LocalSamples.SlsaOne, Node, runner, signer: Delegator.Split('@')[0] + "@" + version).Verify();
        Assert.True(result.Error == error, result.Reason);
        if (error is null) Assert.Equal(3, result.Facts.Build!.Level);
    }
}
