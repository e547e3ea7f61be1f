using System.Text.Json;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Provenance;

/// <summary>SLSA provenance 0.2 or 1 (slsa.dev/provenance) by one meaning.</summary>
/// <param name="External">Parameters from outside the build.</param>
/// <param name="Context">GitHub's context as the builder saw it: 0.2's environment, 1's internal parameters.</param>
/// <param name="Dependencies">URIs of the materials; by the contract of GitHub's builders the first is the source.</param>
/// <param name="Trigger">What the build was triggered from.</param>
/// <param name="Source">What was built.</param>
internal sealed record SlsaProvenance(
    BuildType Type, string Builder, JsonFields? External, JsonFields? Context, IReadOnlyList<string> Dependencies,
    GitSource Trigger, GitSource Source, string? WorkflowPath, InvocationClaims Invocation)
{
    public const string Version02 = "https://slsa.dev/provenance/v0.2";
    public const string Version1 = "https://slsa.dev/provenance/v1";

    public static bool IsProvenance(string predicateType) => predicateType is Version02 or Version1;

    /// <summary>The reference that was built, null where the provenance does not say.</summary>
    public string? Ref => Type.Shape switch
    {
        BuildShape.Delegated => Source.Ref,
        BuildShape.Generator02 => ContextRef("github_ref_type", "github_ref"),
        BuildShape.Generator1 => ContextRef("GITHUB_REF_TYPE", "GITHUB_REF"),
        _ => Trigger.Ref,
    };

    // the type must say the same as the reference itself
    private string? ContextRef(string typeKey, string refKey)
    {
        var reference = Context?.Text(refKey);
        return (Context?.Text(typeKey), GitRef.Branch(reference), GitRef.Tag(reference)) is ("branch", not null, _) or ("tag", _, not null) ? reference : null;
    }

    /// <summary>The inputs of a build that a person started.</summary>
    /// <exception cref="Refusal">The build was triggered otherwise.</exception>
    public JsonFields Inputs()
    {
        if (Type.Shape is BuildShape.Workflow or BuildShape.Delegated && External?.Object("inputs") is { } inputs) return inputs;
        var upper = Type.Shape != BuildShape.Generator02;
        if (Context?.Text(upper ? "GITHUB_EVENT_NAME" : "github_event_name") != "workflow_dispatch")
            throw new Refusal(VerificationError.UnknownParameter, "the build was not started with inputs, which were asked for");
        return Context!.Value.Object(upper ? "GITHUB_EVENT_PAYLOAD" : "github_event_payload")?.Object("inputs")
            ?? throw new Refusal(VerificationError.InvalidDssePayload, "the provenance does not say the inputs of the build");
    }
}

/// <summary>What the metadata claims of the run; times and completeness are claims that nothing backs.</summary>
/// <param name="Id">The run's address or number; null where it is not said.</param>
internal sealed record InvocationClaims(string? Id, bool ClaimsTimes, bool ClaimsCompleteness, JsonElement? Parameters, JsonElement? BuildConfig);
