using System.Text.Json.Nodes;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Provenance;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification.Provenance;

/// <summary>Proven provenance link by link: what is said of each, and the one reason for which it is refused.</summary>
public sealed class ProvenanceCheckTests
{
    private const string Slsa02 = "https://slsa.dev/provenance/v0.2", Project = "https://github.com/slsa-framework/slsa-github-generator",
        Generic = LocalSamples.Generator + "generator_generic_slsa3.yml@refs/tags/v2.1.0", Container = LocalSamples.Generator + "builder_container-based_slsa3.yml@refs/tags/v2.1.0",
        Delegator = LocalSamples.Generator + "delegator_generic_slsa3.yml@refs/tags/v1.9.0", Node = LocalSamples.Generator + "builder_nodejs_slsa3.yml@refs/tags/v1.9.0",
        Shared = "https://github.com/acme/builders/.github/workflows/build.yml@refs/tags/v2.0.0", Main = "refs/heads/main";

    private static ProvenancePolicy Source => new("github.com/acme/app");

    private static ProvenancePolicy Own => Source with { BuilderId = LocalSigstore.Workflow };

    private static (int Number, string Value)[] Without((int, string)[] claims, params int[] numbers) => [.. claims.Where(claim => !numbers.Contains(claim.Item1))];

    private static (int Number, string Value)[] With((int, string)[] claims, int number, string value) => [.. Without(claims, number), (number, value)];

    private static VerificationResult Attested(ProvenancePolicy? policy = null, Action<JsonNode>? change = null, (int, string)[]? claims = null, string signer = LocalSigstore.Workflow)
    {
        var provenance = LocalStatements.WorkflowProvenance(signer);
        change?.Invoke(provenance);
        return LocalSamples.Built(signer, provenance, LocalSamples.SlsaOne, claims ?? LocalSigstore.GitHubClaims(signer: signer), policy ?? Own).Verify();
    }

    private static VerificationResult Generated(ProvenancePolicy policy, Action<JsonNode>? change = null, string reference = "refs/tags/v1.2.3", Func<(int, string)[], (int, string)[]>? claims = null)
    {
        var provenance = LocalStatements.GeneratorProvenance(Generic, Project + "/generic@v1", reference);
        change?.Invoke(provenance);
        var all = LocalSigstore.GitHubClaims(signer: Generic, config: $"https://github.com/acme/app/.github/workflows/release.yml@{reference}", reference: reference);
        return LocalSamples.Built(Generic, provenance, Slsa02, claims?.Invoke(all) ?? all, policy).Verify();
    }

    private static JsonObject Delegated(string type, string builder, string source = Main) => new()
    {
        ["buildDefinition"] = new JsonObject
        {
            ["buildType"] = type,
            ["externalParameters"] = new JsonObject { ["inputs"] = new JsonObject { ["channel"] = "stable" } },
            ["internalParameters"] = new JsonObject { ["GITHUB_WORKFLOW_REF"] = $"acme/app/.github/workflows/release.yml@{Main}", ["GITHUB_REF_TYPE"] = "branch", ["GITHUB_REF"] = Main },
            ["resolvedDependencies"] = new JsonArray(new JsonObject { ["uri"] = $"git+https://github.com/acme/app{(source.Length > 0 ? "@" + source : "")}" }),
        },
        ["runDetails"] = new JsonObject { ["builder"] = new JsonObject { ["id"] = builder } },
    };

    private static VerificationResult ByDelegate(ProvenancePolicy policy, Action<JsonNode>? change = null, string source = Main)
    {
        var provenance = Delegated(Project + "/delegator-generic@v0", Node, source);
        change?.Invoke(provenance);
        return LocalSamples.Built(Delegator, provenance, LocalSamples.SlsaOne, LocalSigstore.GitHubClaims(signer: Delegator), policy).Verify();
    }

    private static VerificationResult InContainer(ProvenancePolicy policy, Action<JsonNode>? change = null)
    {
        var provenance = Delegated("https://slsa.dev/container-based-build/v0.1?draft", Container);
        provenance["buildDefinition"]!["externalParameters"] = new JsonObject { ["source"] = new JsonObject(), ["configPath"] = "build.toml" };
        change?.Invoke(provenance);
        return LocalSamples.Built(Container, provenance, LocalSamples.SlsaOne, LocalSigstore.GitHubClaims(signer: Container), policy).Verify();
    }

    private static JsonNode Workflow(JsonNode provenance) => provenance["buildDefinition"]!["externalParameters"]!["workflow"]!;

    private static JsonNode Internal(JsonNode provenance) => provenance["buildDefinition"]!["internalParameters"]!;

    private static void Accepted(VerificationResult result) => Assert.True(result.Accepted, result.Reason);

    /// <summary>The last step names the link, and its reason is the result's.</summary>
    private static void Refused(VerificationError error, string link, string saying, VerificationResult result)
    {
        Assert.True(result.Error == error, $"expected {error}, was {result.Error?.ToString() ?? "accepted"}: {result.Reason}");
        Assert.Contains(saying, result.Reason, StringComparison.Ordinal);
        Assert.Equal(new VerificationStep(link, LinkOutcome.Refused, result.Reason!), result.Steps[^1]);
    }

    private static IEnumerable<string> From(string link, VerificationResult result) =>
        result.Steps.SkipWhile(step => step.Link != link).Select(step => $"{step.Link} {step.Outcome}: {step.Detail}");

    [Fact]
    public void EveryLink_IsSaid()
    {
        var digest = LocalSamples.Digests[0].ToString();
        Assert.Equal(
            [
                $"builder Proven: built by {LocalSigstore.Workflow}", "source Proven: built from git+https://github.com/acme/app", $"artifact Proven: app has the digest {digest}",
                "ref NotAsked: no branch or tag was asked for", "level Proven: SLSA build level 2",
            ],
            From("builder", Attested()));
        var inputs = Attested(Own with { Branch = "main", MinimumLevel = 2, Inputs = new Dictionary<string, string> { ["channel"] = "stable", ["size"] = "5" } },
            p => p["buildDefinition"]!["externalParameters"]!["inputs"] = new JsonObject { ["channel"] = "stable", ["size"] = 5, ["other"] = "any" });
        Assert.Equal(
            ["ref Proven: built refs/heads/main", "parameters Proven: the inputs channel, size are as expected", "level Proven: SLSA build level 2"],
            From("ref", inputs));
        Assert.Equal(["ref Proven: built refs/tags/v1.2.3", "level Proven: SLSA build level 3"], From("ref", Generated(Source with { Tag = "v1.2.3", VersionedTag = "v1.2" })));
    }

    [Fact]
    public void DigestThatWasCompared_IsTheOneThatIsSaid()
    {
        var sample = LocalSamples.Get("github-attestation");
        var result = (sample with { Policy = sample.Policy with { Artifact = [new("sha512", new string('0', 128)), .. LocalSamples.Digests] } }).Verify();
        Assert.Contains($"artifact Proven: app has the digest {LocalSamples.Digests[0]}", From("artifact", result));
        ArtifactDigest[] others = [new("sha256", new string('a', 64)), new("sha512", new string('b', 128)), new("sha384", new string('c', 96))];
        Refused(VerificationError.MismatchHash, "artifact", $"no subject of the statement has the digest {others[0]} or {others[1]}", (sample with { Policy = sample.Policy with { Artifact = others } }).Verify());
    }

    [Fact]
    public void Signer_IsAWorkflowThatIsTrusted()
    {
        Refused(VerificationError.UntrustedReusableWorkflow, "builder", "release.yml is not a builder of slsa-github-generator, and no other was named", Attested(Source));
        Refused(VerificationError.UntrustedReusableWorkflow, "builder", "the signer is https://github.com/acme/app/.github/workflows/release.yml; expected https://github.com/acme/other", Attested(Source with { BuilderId = "https://github.com/acme/other" }));
        Refused(VerificationError.MismatchBuilderID, "builder", "the builder ran at refs/heads/main; expected v1.0.0", Attested(Source with { BuilderId = LocalSigstore.Workflow.Split('@')[0] + "@v1.0.0" }));
        Refused(VerificationError.InvalidRef, "builder", "the builder ran at 'refs/heads/main'", Attested(Source with { BuilderId = LocalSigstore.Workflow.Split('@')[0] }));
        Refused(VerificationError.InvalidFormat, "builder", "'a@b@c' is not a builder's id", Attested(Source with { BuilderId = "a@b@c" }));
        // naming the reference of one's own builder is a choice; the generator's are trusted at releases alone
        const string Moving = LocalSamples.Generator + "generator_generic_slsa3.yml@refs/heads/main";
        Refused(VerificationError.InvalidRef, "builder", "the builder ran at 'refs/heads/main'", Attested(Source with { BuilderId = Moving }, signer: Moving));
    }

    [Theory]
    [InlineData("mailto@example.com", "the signer 'mailto@example.com' is not a workflow at a reference")]
    [InlineData("https://github.com/acme/app", "the signer 'https://github.com/acme/app' is not a workflow at a reference")]
    [InlineData("https://gitlab.com/acme/app/ci.yml@refs/heads/main", "is not a workflow at a reference")]
    public void Signer_ThatIsNoWorkflow_IsRefused(string signer, string saying) => Refused(VerificationError.MalformedURI, "builder", saying, Attested(Source with { BuilderId = signer }, signer: signer));

    [Fact]
    public void Signer_IsVouchedForByGitHub() => Refused(VerificationError.InvalidOIDCIssuer, "builder", "the signer was vouched for by 'https://issuer.example'; expected https://token.actions.githubusercontent.com",
        Attested(claims: With(With(LocalSigstore.GitHubClaims(), 1, "https://issuer.example"), 8, "https://issuer.example")));

    [Fact]
    public void CertificatesSource_IsTheExpectedOfGitHub()
    {
        Refused(VerificationError.MismatchSource, "builder", "the certificate is for a build of 'https://github.com/acme/app'; expected 'https://github.com/acme/other'", Attested(Own with { Source = "github.com/acme/other" }));
        Refused(VerificationError.MismatchSource, "builder", "the certificate is for a build of 'no repository'; expected 'https://github.com/acme/app'", Attested(claims: Without(LocalSigstore.GitHubClaims(), 5, 12)));
        Refused(VerificationError.MalformedURI, "builder", "'gitlab.com/acme/app' is not a repository of github.com", Attested(Own with { Source = "gitlab.com/acme/app" }, claims: With(Without(LocalSigstore.GitHubClaims(), 5), 12, "https://gitlab.com/acme/app")));
    }

    [Fact]
    public void ProvenancesSource_IsTheExpected()
    {
        Refused(VerificationError.MismatchSource, "source", "the provenance says it was triggered from 'git+https://github.com/acme/other'; expected 'git+https://github.com/acme/app'", Attested(change: p => Workflow(p)["repository"] = "https://github.com/acme/other"));
        Refused(VerificationError.MismatchSource, "source", "the provenance says it was built from 'git+https://github.com/acme/other'; expected 'git+https://github.com/acme/app'", Attested(change: p => p["buildDefinition"]!["resolvedDependencies"]![0]!["uri"] = "git+https://github.com/acme/other@refs/heads/main"));
        Refused(VerificationError.MalformedURI, "source", "the provenance does not say which reference triggered the build", Generated(Source, p => p["invocation"]!["configSource"]!["uri"] = "git+https://github.com/acme/app"));
        Refused(VerificationError.MalformedURI, "source", "the provenance does not say which reference was built", Generated(Source, p => p["materials"]![0]!["uri"] = "git+https://github.com/acme/app"));
        Refused(VerificationError.InvalidDssePayload, "source", "the build was triggered from refs/tags/v1.2.3 and built refs/tags/v1.2.4", Generated(Source, p => p["materials"]![0]!["uri"] = "git+https://github.com/acme/app@refs/tags/v1.2.4"));
        Refused(VerificationError.MalformedURI, "builder", "'https://github.com/acme/app@refs/tags/v1.2.3' is not a git URI", Generated(Source, p => p["materials"]![0]!["uri"] = "https://github.com/acme/app@refs/tags/v1.2.3"));
    }

    /// <summary>A trusted builder's word stands alone where the certificate is older than the claim; a project's own does not.</summary>
    [Fact]
    public void CertificatesReference_IsTheProvenances()
    {
        Refused(VerificationError.MismatchCertificate, "source", "the provenance says refs/heads/main, the certificate nothing", Attested(claims: Without(LocalSigstore.GitHubClaims(), 6, 14)));
        Refused(VerificationError.MismatchCertificate, "source", "the provenance says refs/heads/main, the certificate refs/heads/other", Attested(claims: LocalSigstore.GitHubClaims(reference: "refs/heads/other")));
        Accepted(Generated(Source, claims: claims => Without(claims, 6, 14)));
        Refused(VerificationError.MismatchCertificate, "source", "the provenance says refs/tags/v1.2.3, the certificate refs/heads/other", Generated(Source, claims: claims => With(With(claims, 6, "refs/heads/other"), 14, "refs/heads/other")));
    }

    [Fact]
    public void Reference_IsOfTheKindThatIsAsked()
    {
        Refused(VerificationError.MismatchBranch, "ref", "the build is of the branch 'main'; expected 'other'", Attested(Own with { Branch = "other" }));
        Refused(VerificationError.InvalidRef, "ref", "the build is of 'refs/heads/main', which is not a tag; expected the tag 'main'", Attested(Own with { Tag = "main" }));
        Refused(VerificationError.InvalidRef, "ref", "the build is of 'refs/heads/main', which is not a tag; expected a version v1", Attested(Own with { VersionedTag = "v1" }));
        Refused(VerificationError.InvalidRef, "ref", "the build is of 'refs/tags/v1.2.3', which is not a branch; expected the branch 'v1.2.3'", Generated(Source with { Branch = "v1.2.3" }));
        Refused(VerificationError.MismatchTag, "ref", "the build is of the tag 'v1.2.3'; expected 'v1.2'", Generated(Source with { Tag = "v1.2" }));
        Refused(VerificationError.MismatchVersionedTag, "ref", "the build is of the tag 'v1.2.3'; expected a version v2", Generated(Source with { VersionedTag = "v2" }));
        Refused(VerificationError.InvalidSemver, "ref", "'1' is not a semantic version such as v1.2.3", Generated(Source with { VersionedTag = "1" }));
        Refused(VerificationError.InvalidSemver, "ref", "'release' is not a semantic version such as v1.2.3", Generated(Source with { VersionedTag = "v1" }, reference: "refs/tags/release"));
    }

    [Fact]
    public void Reference_IsWhereTheBuildersShapeSaysIt()
    {
        Accepted(Generated(Source with { Branch = "main" }, reference: Main));
        Accepted(InContainer(Source with { Branch = "main" }));
        Accepted(ByDelegate(Source with { Branch = "main" }));
        Accepted(Attested(Own with { Branch = "main" }));
        const string Missing = "the provenance does not say which branch or tag was built";
        Refused(VerificationError.InvalidDssePayload, "ref", Missing, Generated(Source with { Tag = "v1.2.3" }, p => p["invocation"]!["environment"]!["github_ref_type"] = "branch"));
        Refused(VerificationError.InvalidDssePayload, "ref", Missing, Generated(Source with { Branch = "main" }, p => p["invocation"]!["environment"]!["github_ref_type"] = "tag", Main));
        Refused(VerificationError.InvalidDssePayload, "ref", Missing, Generated(Source with { Tag = "v1.2.3" }, p => p["invocation"]!.AsObject().Remove("environment")));
        Refused(VerificationError.InvalidDssePayload, "ref", Missing, InContainer(Source with { Branch = "main" }, p => Internal(p)["GITHUB_REF_TYPE"] = "tag"));
        // a delegated builder may build a commit of its own
        Accepted(ByDelegate(Source, source: ""));
        Refused(VerificationError.InvalidDssePayload, "ref", Missing, ByDelegate(Source with { Branch = "main" }, source: ""));
    }

    [Fact]
    public void Parameters_AreTheOnesThatTheBuildTypeKnows()
    {
        Refused(VerificationError.UnknownParameter, "parameters", "the build had the parameter 'flags' from outside, which its build type does not know", Attested(change: p => p["buildDefinition"]!["externalParameters"]!["flags"] = "x"));
        Accepted(Attested(change: p => p["buildDefinition"]!["externalParameters"]!["vars"] = new JsonObject()));
        Accepted(Generated(Source, p => p["invocation"]!.AsObject().Remove("parameters")));
    }

    private static Dictionary<string, string> Inputs(params string[] names) => names.ToDictionary(name => name, _ => "yes");

    [Fact]
    public void Inputs_AreAsExpected_EachOfThem()
    {
        void Given(JsonNode p) => p["buildDefinition"]!["externalParameters"]!["inputs"] = new JsonObject { ["a"] = "yes", ["b"] = "no" };
        Accepted(Attested(Own with { Inputs = Inputs("a") }, Given));
        Refused(VerificationError.UnknownParameter, "parameters", "the build's input 'b' is not 'yes'", Attested(Own with { Inputs = Inputs("a", "b") }, Given));
        Refused(VerificationError.UnknownParameter, "parameters", "the build's input 'c' is not 'yes'", Attested(Own with { Inputs = Inputs("a", "c") }, Given));
        Accepted(ByDelegate(Source with { Inputs = new Dictionary<string, string> { ["channel"] = "stable" } }));
    }

    /// <summary>Of a build that a person started by hand, the event says what they typed.</summary>
    [Fact]
    public void Inputs_OfAnEvent_AreReadWhereAPersonStartedTheBuild()
    {
        static JsonObject Payload() => new() { ["inputs"] = new JsonObject { ["a"] = "yes" } };
        static void Old(JsonNode p)
        {
            p["invocation"]!["environment"]!["github_event_name"] = "workflow_dispatch";
            p["invocation"]!["environment"]!["github_event_payload"] = Payload();
        }
        static void New(JsonNode p)
        {
            Internal(p)["GITHUB_EVENT_NAME"] = "workflow_dispatch";
            Internal(p)["GITHUB_EVENT_PAYLOAD"] = Payload();
        }
        var asked = Source with { Inputs = Inputs("a") };
        Accepted(Generated(asked, Old));
        Accepted(InContainer(asked, New));
        Refused(VerificationError.UnknownParameter, "parameters", "the build's input 'b' is not 'yes'", InContainer(Source with { Inputs = Inputs("b") }, New));
        const string NotStarted = "the build was not started with inputs, which were asked for", NotSaid = "the provenance does not say the inputs of the build";
        Refused(VerificationError.UnknownParameter, "parameters", NotStarted, Generated(asked));
        Refused(VerificationError.UnknownParameter, "parameters", NotStarted, InContainer(asked));
        Refused(VerificationError.UnknownParameter, "parameters", NotStarted, Attested(Own with { Inputs = Inputs("a") }));
        // one shape's names are nothing in the other
        Refused(VerificationError.UnknownParameter, "parameters", NotStarted, InContainer(asked, p => Internal(p)["github_event_name"] = "workflow_dispatch"));
        Refused(VerificationError.InvalidDssePayload, "parameters", NotSaid, Generated(asked, p => p["invocation"]!["environment"]!["github_event_name"] = "workflow_dispatch"));
        Refused(VerificationError.InvalidDssePayload, "parameters", NotSaid, InContainer(asked, p => Internal(p)["GITHUB_EVENT_NAME"] = "workflow_dispatch"));
    }

    [Fact]
    public void Level_FollowsFromWhoSigned()
    {
        static int? Level(VerificationResult result) => result.Facts.Build?.Level;
        Assert.Equal(3, Level(Generated(Source)));
        Assert.Equal(3, Level(Generated(Source, claims: claims => Without(claims, 11))));
        Assert.Equal(1, Level(Generated(Source, claims: claims => With(claims, 11, "self-hosted"))));
        var shared = Source with { BuilderId = Shared };
        var claims = LocalSigstore.GitHubClaims(signer: Shared);
        Assert.Equal(3, Level(Attested(shared, signer: Shared)));
        Assert.Equal(2, Level(Attested(shared, claims: Without(claims, 9), signer: Shared)));
        Assert.Equal(2, Level(Attested(shared, p => Workflow(p).AsObject().Remove("path"), Without(claims, 18), Shared)));
        Assert.Equal(1, Level(Attested(shared, claims: Without(claims, 11), signer: Shared)));
        Assert.Equal(2, Level(Attested()));
        Accepted(Attested(shared with { MinimumLevel = 3 }, signer: Shared));
        Refused(VerificationError.LevelTooLow, "level", "the builder reaches SLSA build level 2; expected at least 3", Attested(Own with { MinimumLevel = 3 }));
    }

    [Fact]
    public void Facts_AreWrittenDown_AlsoWhereTheLevelIsTooLow()
    {
        BuildFacts built = new(LocalSigstore.Workflow, LocalStatements.WorkflowType, "git+https://github.com/acme/app", Main, LocalSigstore.Commit, 2);
        Assert.Equal(built, Attested(Own with { MinimumLevel = 3 }).Facts.Build);
        Assert.Equal(new BuildFacts(Generic, Project + "/generic@v1", "git+https://github.com/acme/app", "refs/tags/v1.2.3", LocalSigstore.Commit, 3), Generated(Source).Facts.Build);
    }

    [Fact]
    public void Provenance_ThatCannotBeRead_IsRefused()
    {
        void Malformed(string saying, VerificationResult result) => Refused(VerificationError.InvalidDssePayload, "builder", saying, result);
        Malformed("the predicate's type is 'https://example.com/p'; expected SLSA provenance 0.2 or 1", LocalSamples.Built(LocalSigstore.Workflow, [], "https://example.com/p", LocalSigstore.GitHubClaims(), Own).Verify());
        Malformed("the provenance does not say what was built", Attested(change: p => p["buildDefinition"]!["resolvedDependencies"] = new JsonArray()));
        Malformed("the provenance does not say what was built", Attested(change: p => p["buildDefinition"]!["resolvedDependencies"]![0]!.AsObject().Remove("uri")));
        Malformed("externalParameters.workflow is missing", Attested(change: p => p["buildDefinition"]!["externalParameters"]!.AsObject().Remove("workflow")));
        Malformed("workflow.ref is missing", Attested(change: p => Workflow(p).AsObject().Remove("ref")));
        Malformed("builder is missing", Attested(change: p => p["runDetails"]!.AsObject().Remove("builder")));
        Malformed("the provenance lacks GITHUB_WORKFLOW_REF", ByDelegate(Source, p => Internal(p).AsObject().Remove("GITHUB_WORKFLOW_REF")));
        Malformed("the provenance lacks GITHUB_WORKFLOW_REF", ByDelegate(Source, p => p["buildDefinition"]!.AsObject().Remove("internalParameters")));
        foreach (var reference in new[] { "acme/app/release.yml", "acme/app/release.yml@", "acme/app@refs/heads/main", "acme/app/a@b@c" })
            Malformed($"GITHUB_WORKFLOW_REF is '{reference}'; expected OWNER/REPO/PATH@REF", ByDelegate(Source, p => Internal(p)["GITHUB_WORKFLOW_REF"] = reference));
        var withoutPredicate = LocalStatements.Statement(LocalSamples.SlsaOne, [], ("app", "sha256", LocalSamples.Digests[0].Hex));
        var text = System.Text.Encoding.UTF8.GetString(withoutPredicate).Replace(",\"predicate\":{}", "", StringComparison.Ordinal);
        Assert.DoesNotContain("\"predicate\":", text, StringComparison.Ordinal);
        var key = LocalKey.P256();
        var bundle = new LocalBundle(LocalSamples.Instance, key) { Entry = EntryKind.Dsse, Certificate = LocalSamples.Instance.Certify(key, LocalSigstore.Workflow, LocalSigstore.GitHubClaims()) }.Envelope(System.Text.Encoding.UTF8.GetBytes(text));
        Malformed("the statement has no predicate", (LocalSamples.Get("github-attestation") with { Bundle = bundle }).Verify());
    }
}
