namespace Signalbox.Evidence.Verification.Provenance;

/// <summary>Where provenance of a build type says what triggered the build and which reference was built.</summary>
internal enum BuildShape
{
    /// <summary>SLSA 0.2 with GitHub's context in <c>invocation.environment</c>, keys in lower case.</summary>
    Generator02,

    /// <summary>SLSA 1 with GitHub's context in <c>internalParameters</c>; the reference is the trigger's.</summary>
    Generator1,

    /// <summary>As before (0.2 or 1), but a delegated builder may build another reference than the trigger's: the source says it.</summary>
    Delegated,

    /// <summary>SLSA 0.2 by the npm program, GitHub's context in <c>invocation.environment</c>, keys in upper case.</summary>
    Npm02,

    /// <summary>SLSA 1 with <c>externalParameters.workflow</c>: GitHub's attestations and the newer npm program.</summary>
    Workflow,
}

/// <param name="Parameters">The keys that may come from outside the build; any other is refused.</param>
internal sealed record BuildType(string Uri, BuildShape Shape, IReadOnlyList<string> Parameters);

/// <summary>The build types that are understood, by the builder that may use them.</summary>
internal static class BuildTypes
{
    public const string Generator = "https://github.com/slsa-framework/slsa-github-generator";
    public const string NpmRunner = "https://github.com/actions/runner";

    /// <summary>Signalbox itself, wherever it runs: nothing keeps a build's own steps from the key, so its word is worth level 1 (docs/spec/local-provenance.md).</summary>
    public const string LocalBuilder = "urn:signalbox:builder:local";

    public const string LocalRun = "urn:signalbox:buildtype:run/1";

    /// <summary>What the names of the generator's own builders begin with.</summary>
    public const string Workflows = Generator + "/.github/workflows/";

    private static readonly BuildType s_delegated = new(Generator + "/delegator-generic@v0", BuildShape.Delegated, ["inputs", "vars"]);
    private static readonly BuildType s_npm1 = new("https://github.com/npm/cli/gha@v1", BuildShape.Npm02, []);
    private static readonly BuildType s_npm2 = new("https://github.com/npm/cli/gha/v2", BuildShape.Npm02, []);

    // what a person typed who started the workflow (slsa-github-generator, slsa/buildtypes.go)
    private static readonly string[] s_eventInputs = ["event_inputs"];

    // slsa.dev's registry of build types: externalParameters of the workflow type are workflow, inputs, vars and deployment
    private static readonly BuildType s_npmWorkflow = new("https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1", BuildShape.Workflow, ["workflow", "inputs", "vars", "deployment"]);
    private static readonly BuildType s_workflow = new("https://actions.github.io/buildtypes/workflow/v1", BuildShape.Workflow, ["workflow", "inputs", "vars", "deployment"]);

    private static readonly Dictionary<string, BuildType[]> s_byBuilder = new(StringComparer.Ordinal)
    {
        [Workflows + "delegator_generic_slsa3.yml"] = [s_delegated],
        [Workflows + "delegator_lowperms-generic_slsa3.yml"] = [s_delegated],
        [Workflows + "builder_container-based_slsa3.yml"] = [new("https://slsa.dev/container-based-build/v0.1?draft", BuildShape.Generator1, ["source", "builderImage", "configPath", "buildConfig"])],
        [Workflows + "generator_generic_slsa3.yml"] = [new(Generator + "/generic@v1", BuildShape.Generator02, s_eventInputs)],
        [Workflows + "generator_container_slsa3.yml"] = [new(Generator + "/container@v1", BuildShape.Generator02, s_eventInputs)],
        [Workflows + "builder_go_slsa3.yml"] =
        [
            new(Generator + "/go@v1", BuildShape.Generator02, s_eventInputs),
            new(Generator + "@v1", BuildShape.Generator02, s_eventInputs),
            new(Generator + "-go@v1", BuildShape.Generator02, s_eventInputs),
        ],
        [NpmRunner] = [s_npm1, s_npm2],
        [NpmRunner + "/github-hosted"] = [s_npm1, s_npm2, s_npmWorkflow],
    };

    /// <summary>Delegators sign for builders of others, which their provenance names.</summary>
    public static bool IsDelegator(string builder) => s_byBuilder.TryGetValue(builder, out var types) && types.Contains(s_delegated);

    public static bool IsGenerator(string builder) => builder.StartsWith(Workflows, StringComparison.Ordinal) && s_byBuilder.ContainsKey(builder);

    /// <summary>Any other workflow's own attestations are GitHub's.</summary>
    /// <exception cref="Refusal">The builder does not make builds of that type.</exception>
    public static BuildType Of(string builder, string uri) =>
        s_byBuilder.GetValueOrDefault(builder, [s_workflow]).FirstOrDefault(type => type.Uri == uri)
        ?? throw new Refusal(VerificationError.InvalidDssePayload, $"the build type '{Bundles.JsonFields.Shown(uri)}' is not one of the builder {Bundles.JsonFields.Shown(builder)}");
}
