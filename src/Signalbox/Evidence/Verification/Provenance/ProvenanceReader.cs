using System.Text.Json;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Provenance;

/// <summary>Reads a statement's predicate as SLSA provenance.</summary>
internal static class ProvenanceReader
{
    /// <param name="signer">The builder that signed, without its version: it decides which build types may be read.</param>
    /// <exception cref="Refusal">It is not provenance, or lacks what its build type must say.</exception>
    public static SlsaProvenance Read(Statement statement, string signer)
    {
        try
        {
            var predicate = statement.Predicate ?? throw new MalformedException("the statement has no predicate");
            return statement.PredicateType switch
            {
                SlsaProvenance.Version02 => Read02(predicate, signer),
                SlsaProvenance.Version1 => Read1(predicate, signer),
                var other => throw new MalformedException($"the predicate's type is '{JsonFields.Shown(other)}'; expected SLSA provenance 0.2 or 1"),
            };
        }
        catch (MalformedException e)
        {
            throw new Refusal(VerificationError.InvalidDssePayload, e.Message);
        }
    }

    private static SlsaProvenance Read02(JsonFields predicate, string signer)
    {
        var type = BuildTypes.Of(signer, predicate.RequiredText("buildType"));
        var invocation = predicate.RequiredObject("invocation");
        var config = invocation.RequiredObject("configSource");
        var metadata = predicate.Object("metadata");
        var materials = Uris(predicate.Objects("materials"));
        var claims = new InvocationClaims(
            metadata?.Text("buildInvocationId") ?? metadata?.Text("buildInvocationID"),
            metadata is { } m && (m.Has("buildStartedOn") || m.Has("buildFinishedOn")),
            metadata is { } c && (IsTrue(c, "reproducible") || (c.Object("completeness") is { } complete && (IsTrue(complete, "parameters") || IsTrue(complete, "environment") || IsTrue(complete, "materials")))),
            Element(invocation, "parameters"), Element(predicate, "buildConfig"));
        return new(
            type, predicate.RequiredObject("builder").RequiredText("id"),
            // the npm program's are claims of a workflow of the project's own: none are backed (CertificateClaims)
            type.Shape == BuildShape.Npm02 ? null : invocation.Object("parameters"), invocation.Object("environment"), materials,
            GitSource.Parse(config.RequiredText("uri")), GitSource.Parse(First(materials)), config.Text("entryPoint"), claims);
    }

    private static SlsaProvenance Read1(JsonFields predicate, string signer)
    {
        var definition = predicate.RequiredObject("buildDefinition");
        var run = predicate.RequiredObject("runDetails");
        var type = BuildTypes.Of(signer, definition.RequiredText("buildType"));
        var (external, context) = (definition.RequiredObject("externalParameters"), definition.Object("internalParameters"));
        var metadata = run.Object("metadata");
        var dependencies = Uris(definition.Objects("resolvedDependencies"));
        var workflow = external.Object("workflow");
        return new(
            type, run.RequiredObject("builder").RequiredText("id"), external, context, dependencies,
            Trigger(type.Shape, external, context),
            GitSource.Parse(First(dependencies)), workflow?.Text("path"),
            new(metadata?.Text("invocationId") ?? metadata?.Text("invocationID"), metadata is { } m && (m.Has("startedOn") || m.Has("finishedOn")), false, null, null));
    }

    private static GitSource Trigger(BuildShape shape, JsonFields external, JsonFields? context) => shape switch
    {
        BuildShape.Workflow => WorkflowTrigger(external.RequiredObject("workflow")),
        _ => ContextTrigger(context),
    };

    private static GitSource WorkflowTrigger(JsonFields workflow) =>
        GitSource.Parse($"git+{workflow.RequiredText("repository")}@{workflow.RequiredText("ref")}");

    /// <summary>GITHUB_WORKFLOW_REF is <c>owner/repo/path@ref</c>.</summary>
    private static GitSource ContextTrigger(JsonFields? context)
    {
        var reference = context?.Text("GITHUB_WORKFLOW_REF") ?? throw new MalformedException("the provenance lacks GITHUB_WORKFLOW_REF");
        return reference.Split('@') is [var path, { Length: > 0 } name] && path.Split('/') is [var owner, var repository, _, ..]
            ? new($"git+https://github.com/{owner}/{repository}", name)
            : throw new MalformedException($"GITHUB_WORKFLOW_REF is '{JsonFields.Shown(reference)}'; expected OWNER/REPO/PATH@REF");
    }

    private static List<string> Uris(IReadOnlyList<JsonFields> resources) => [.. resources.Select(resource => resource.Text("uri") ?? "")];

    private static string First(List<string> uris) => uris is [{ Length: > 0 } first, ..] ? first : throw new MalformedException("the provenance does not say what was built");

    private static JsonElement? Element(JsonFields from, string name) => from.Has(name) ? from.Element.GetProperty(name) : null;

    private static bool IsTrue(JsonFields from, string name) => from.Has(name) && from.Element.GetProperty(name).ValueKind != JsonValueKind.False;
}
