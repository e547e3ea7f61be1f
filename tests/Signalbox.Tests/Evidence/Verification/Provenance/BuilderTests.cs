using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Provenance;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification.Provenance;

/// <summary>Builders by name and version: which are known, at which versions they are trusted, and what they build.</summary>
public sealed class BuilderTests
{
    private const string Own = "https://github.com/acme/builders/.github/workflows/build.yml", Generic = LocalSamples.Generator + "generator_generic_slsa3.yml",
        Delegator = LocalSamples.Generator + "delegator_generic_slsa3.yml", Project = "https://github.com/slsa-framework/slsa-github-generator",
        Example = "https://github.com/slsa-framework/example-package", Runner = "https://github.com/actions/runner";

    private static void Refused(VerificationError error, string saying, Action verify)
    {
        var refusal = Assert.Throws<Refusal>(verify);
        Assert.Equal(error, refusal.Error);
        Assert.Contains(saying, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Id_IsANameWithOrWithoutAVersion()
    {
        Assert.Equal(new BuilderId("a", null), BuilderId.Parse("a"));
        Assert.Equal(new BuilderId("a", "b"), BuilderId.Parse("a@b"));
        Assert.Equal(("a", "a@b"), (new BuilderId("a", null).ToString(), new BuilderId("a", "b").ToString()));
        foreach (var text in new[] { "a@", "a@b@c" }) Refused(VerificationError.InvalidFormat, $"'{text}' is not a builder's id", () => BuilderId.Parse(text));
    }

    [Theory]
    [InlineData("a@refs/tags/v1", "a", true)]
    [InlineData("a@refs/tags/v1", "a@refs/tags/v1", true)]
    [InlineData("a@refs/tags/v1", "a@v1", true)]
    [InlineData("a@refs/heads/v1", "a@v1", false)]
    [InlineData("a@refs/tags/v1", "a@v2", false)]
    [InlineData("a@refs/tags/v1", "b@v1", false)]
    [InlineData("a@refs/tags/v1", "b", false)]
    [InlineData("a", "a", true)]
    [InlineData("a", "a@v1", false)]
    public void Id_MatchesWhatNamesIt(string seen, string expected, bool matches) => Assert.Equal(matches, BuilderId.Parse(seen).Matches(BuilderId.Parse(expected)));

    [Theory]
    [InlineData("@refs/tags/v1.2.3", true)]
    [InlineData("@refs/tags/v1.2", false)]
    [InlineData("@refs/tags/v1.2.3-rc.1", false)]
    [InlineData("@refs/tags/v1.2.3+build", false)]
    [InlineData("@refs/tags/1.2.3", false)]
    [InlineData("@refs/heads/v1.2.3", false)]
    [InlineData("@v1.2.3", false)]
    [InlineData("", false)]
    public void Release_IsTheTagOfAWholeVersion(string version, bool isRelease)
    {
        Assert.Equal(isRelease, BuilderId.Parse(Own + version).IsRelease);
        Assert.Equal(isRelease, BuilderRelease.IsKnown(Generic + version));
        Assert.False(BuilderRelease.IsKnown(Own + version));
    }

    /// <summary>The generator's own two repositories try out what is not released yet.</summary>
    [Theory]
    [InlineData(Own, "refs/tags/v1.2.3", "https://github.com/acme/app", true)]
    [InlineData(Own, "refs/heads/main", "https://github.com/acme/app", false)]
    [InlineData(Own, "refs/heads/main", Example, false)]
    [InlineData(Generic, "refs/heads/main", "https://github.com/acme/app", false)]
    [InlineData(Generic, "refs/heads/main", null, false)]
    [InlineData(Generic, "refs/heads/main", Example, true)]
    [InlineData(Generic, "refs/heads/main", Project, true)]
    [InlineData(Generic, "refs/heads/other", Example, false)]
    [InlineData(Generic, "refs/tags/v1.2.3-rc.0", Example, true)]
    [InlineData(Generic, "refs/tags/v1.2.3-rc.0", "https://github.com/acme/app", false)]
    [InlineData(Generic, "refs/tags/v1.2.3-rc.0+build", Example, false)]
    [InlineData(Generic, "refs/tags/v1.2", Example, false)]
    public void Signer_IsTrustedAtARelease(string name, string version, string? repository, bool trusted)
    {
        void Check() => BuilderRelease.CheckSigner(new(name, version), repository);
        if (trusted) Check();
        else Refused(VerificationError.InvalidRef, $"the builder ran at '{version}', which is not a release such as refs/tags/v1.2.3", Check);
    }

    private static SlsaProvenance By(string builder, string repository = "git+https://github.com/acme/app") =>
        new(BuildTypes.Of(Delegator, Project + "/delegator-generic@v0"), builder, null, null, [], new(repository, null), new(repository, null), null, new(null, false, false, null, null));

    private const string JReleaser = "https://github.com/jreleaser/release-action/.github/workflows/builder_slsa3.yml";

    [Theory]
    [InlineData(Own, "refs/tags/v1.2.3", "https://github.com/acme/app", null)]
    [InlineData(Own, "refs/heads/main", Example, null)]
    [InlineData(Own, "refs/heads/main", "https://github.com/acme/app", VerificationError.InvalidRef)]
    [InlineData(Own, "refs/heads/other", Example, VerificationError.InvalidRef)]
    [InlineData(Own, null, Example, VerificationError.InvalidBuilderID)]
    [InlineData(JReleaser, "refs/tags/v1.0.0-java", "https://github.com/acme/app", null)]
    [InlineData(JReleaser, "refs/tags/v1.0.0", "https://github.com/acme/app", VerificationError.InvalidRef)]
    [InlineData(JReleaser, "refs/tags/v1.0.0-other", "https://github.com/acme/app", VerificationError.InvalidRef)]
    [InlineData(JReleaser, "refs/tags/v1.0.0-java+build", "https://github.com/acme/app", VerificationError.InvalidRef)]
    [InlineData(JReleaser, "refs/heads/main", "https://github.com/acme/app", VerificationError.InvalidRef)]
    [InlineData(Own, "refs/tags/v1.0.0-java", "https://github.com/acme/app", VerificationError.InvalidRef)]
    public void DelegatedBuilder_IsTrustedAtARelease(string name, string? version, string repository, VerificationError? error)
    {
        void Check() => BuilderRelease.CheckDelegated(new(name, version), repository);
        if (error is null) Check();
        else Assert.Equal(error, Assert.Throws<Refusal>(Check).Error);
    }

    [Fact]
    public void Provenance_IsOfTheBuilderThatSigned()
    {
        Assert.Equal(new BuilderId(Own, "refs/tags/v1.2.3"), BuilderMatch.Verify(By(Own + "@refs/tags/v1.2.3"), new(Own, "refs/tags/v1.2.3"), null));
        Refused(VerificationError.MismatchBuilderID, $"the provenance is of the builder {Own}; expected {Own}@refs/tags/v1.2.3", () => BuilderMatch.Verify(By(Own), new(Own, "refs/tags/v1.2.3"), null));
        Refused(VerificationError.MismatchBuilderID, "expected", () => BuilderMatch.Verify(By(Generic + "@refs/tags/v1.2.3"), new(Own, "refs/tags/v1.2.3"), Own));
    }

    [Fact]
    public void Delegator_SignsForTheBuilderThatTheProvenanceNames()
    {
        BuilderId signer = new(Delegator, "refs/tags/v1.9.0");
        const string Node = LocalSamples.Generator + "builder_nodejs_slsa3.yml@refs/tags/v1.9.0";
        Assert.Equal(Node, BuilderMatch.Verify(By(Node), signer, null).ToString());
        Assert.Equal(Own + "@refs/tags/v2.0.0", BuilderMatch.Verify(By(Own + "@refs/tags/v2.0.0"), signer, Own + "@v2.0.0").ToString());
        Assert.Equal(Own + "@refs/heads/main", BuilderMatch.Verify(By(Own + "@refs/heads/main", "git+" + Example), signer, Own).ToString());
        Refused(VerificationError.InvalidBuilderID, $"{Own} is not a builder of slsa-github-generator, and no other was named", () => BuilderMatch.Verify(By(Own + "@refs/tags/v2.0.0"), signer, null));
        Refused(VerificationError.MismatchBuilderID, $"the provenance is of the builder {Own}@refs/tags/v2.0.0; expected {Own}@v2.0.1", () => BuilderMatch.Verify(By(Own + "@refs/tags/v2.0.0"), signer, Own + "@v2.0.1"));
        Refused(VerificationError.InvalidBuilderID, $"the builder {Own} has no version", () => BuilderMatch.Verify(By(Own), signer, Own));
        Refused(VerificationError.InvalidRef, "'refs/heads/main', which is not a release", () => BuilderMatch.Verify(By(Own + "@refs/heads/main"), signer, Own));
    }

    [Theory]
    [InlineData(Delegator, true, true)]
    [InlineData(LocalSamples.Generator + "delegator_lowperms-generic_slsa3.yml", true, true)]
    [InlineData(Generic, false, true)]
    [InlineData(LocalSamples.Generator + "generator_container_slsa3.yml", false, true)]
    [InlineData(LocalSamples.Generator + "builder_go_slsa3.yml", false, true)]
    [InlineData(LocalSamples.Generator + "builder_container-based_slsa3.yml", false, true)]
    [InlineData(LocalSamples.Generator + "other.yml", false, false)]
    [InlineData(Runner, false, false)]
    [InlineData(Own, false, false)]
    public void Generator_IsKnownByItsWorkflows(string name, bool isDelegator, bool isGenerator) =>
        Assert.Equal((isDelegator, isGenerator), (BuildTypes.IsDelegator(name), BuildTypes.IsGenerator(name)));

    [Theory]
    [InlineData(Delegator, Project + "/delegator-generic@v0", "Delegated", "inputs vars")]
    [InlineData(LocalSamples.Generator + "delegator_lowperms-generic_slsa3.yml", Project + "/delegator-generic@v0", "Delegated", "inputs vars")]
    [InlineData(LocalSamples.Generator + "builder_container-based_slsa3.yml", "https://slsa.dev/container-based-build/v0.1?draft", "Generator1", "source builderImage configPath buildConfig")]
    [InlineData(Generic, Project + "/generic@v1", "Generator02", "event_inputs")]
    [InlineData(LocalSamples.Generator + "generator_container_slsa3.yml", Project + "/container@v1", "Generator02", "event_inputs")]
    [InlineData(LocalSamples.Generator + "builder_go_slsa3.yml", Project + "/go@v1", "Generator02", "event_inputs")]
    [InlineData(LocalSamples.Generator + "builder_go_slsa3.yml", Project + "@v1", "Generator02", "event_inputs")]
    [InlineData(LocalSamples.Generator + "builder_go_slsa3.yml", Project + "-go@v1", "Generator02", "event_inputs")]
    [InlineData(Runner, "https://github.com/npm/cli/gha@v1", "Npm02", "")]
    [InlineData(Runner, "https://github.com/npm/cli/gha/v2", "Npm02", "")]
    [InlineData(Runner + "/github-hosted", "https://github.com/npm/cli/gha@v1", "Npm02", "")]
    [InlineData(Runner + "/github-hosted", "https://github.com/npm/cli/gha/v2", "Npm02", "")]
    [InlineData(Runner + "/github-hosted", LocalStatements.NpmWorkflowType, "Workflow", "workflow inputs vars deployment")]
    [InlineData(Own, LocalStatements.WorkflowType, "Workflow", "workflow inputs vars deployment")]
    public void BuildType_IsOneOfItsBuilder(string builder, string uri, string shape, string parameters)
    {
        var type = BuildTypes.Of(builder, uri);
        Assert.Equal((uri, shape, parameters), (type.Uri, type.Shape.ToString(), string.Join(' ', type.Parameters)));
    }

    [Theory]
    [InlineData(Own, LocalStatements.NpmWorkflowType)]
    [InlineData(Generic, LocalStatements.WorkflowType)]
    [InlineData(Generic, Project + "/go@v1")]
    [InlineData(Runner, LocalStatements.NpmWorkflowType)]
    [InlineData(Delegator, Project + "/generic@v1")]
    public void BuildType_OfAnotherBuilder_IsRefused(string builder, string uri) =>
        Refused(VerificationError.InvalidDssePayload, $"the build type '{uri}' is not one of the builder {builder}", () => BuildTypes.Of(builder, uri));

    [Theory]
    [InlineData("git+https://github.com/acme/app@refs/tags/v1", "git+https://github.com/acme/app", "refs/tags/v1")]
    [InlineData("git+https://github.com/acme/app@", "git+https://github.com/acme/app", null)]
    [InlineData("git+https://github.com/acme/app", "git+https://github.com/acme/app", null)]
    [InlineData("git+https://github.com/acme/app@a@b", "git+https://github.com/acme/app", "a@b")]
    public void Source_IsARepositoryAndAReference(string uri, string repository, string? reference) => Assert.Equal(new GitSource(repository, reference), GitSource.Parse(uri));

    [Fact]
    public void Source_ThatIsNoGitUri_IsRefused() =>
        Refused(VerificationError.MalformedURI, "'https://github.com/acme/app' is not a git URI", () => GitSource.Parse("https://github.com/acme/app"));

    [Fact]
    public void Source_OfAPerson_IsBroughtIntoOneForm()
    {
        foreach (var text in new[] { "github.com/acme/app", "https://github.com/acme/app", "git+https://github.com/acme/app" }) Assert.Equal("git+https://github.com/acme/app", GitSource.Normalise(text));
        foreach (var text in new[] { "gitlab.com/acme/app", "http://github.com/acme/app", "git+ssh://github.com/acme/app", "" })
            Refused(VerificationError.MalformedURI, $"'{text}' is not a repository of github.com", () => GitSource.Normalise(text));
    }

    [Theory]
    [InlineData("refs/heads/main", "main", null)]
    [InlineData("refs/heads/a/b", "a/b", null)]
    [InlineData("refs/tags/v1", null, "v1")]
    [InlineData("refs/heads/", null, null)]
    [InlineData("refs/tags/", null, null)]
    [InlineData("main", null, null)]
    [InlineData(null, null, null)]
    public void Reference_IsOfABranchOrATag(string? reference, string? branch, string? tag) => Assert.Equal((branch, tag), (GitRef.Branch(reference), GitRef.Tag(reference)));

    [Theory]
    [InlineData("v1.2.3-rc.1", "v1.2.3-rc.1", true)]
    [InlineData("v1.2.3-rc.1", "v1.2.3", false)]
    [InlineData("v1.2.3-rc.1", "v1.2.3-rc.2", false)]
    [InlineData("v1.2", "v1.2.3-rc.1", true)]
    [InlineData("v1.0.0", "v1", true)]
    [InlineData("v1.0.1", "v1", false)]
    public void Version_MatchesThePartsThatAreSaid(string expected, string tag, bool matches) =>
        Assert.Equal(matches, SemanticVersion.TryParse(tag)!.Matches(SemanticVersion.TryParse(expected)!));
}
