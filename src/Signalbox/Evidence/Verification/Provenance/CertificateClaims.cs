using System.Text.Json;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;

namespace Signalbox.Evidence.Verification.Provenance;

/// <summary>
/// Provenance that a project's own workflow wrote could say anything: each claim in it must be one that the signing
/// certificate backs, and a claim that nothing can back is refused.
/// </summary>
internal static class CertificateClaims
{
    private const string GitHub = "https://github.com/";

    public static void Verify(SlsaProvenance provenance, SigningIdentity identity)
    {
        if (provenance.Type.Shape == BuildShape.Workflow) CheckWorkflowContext(provenance, identity);
        else CheckEnvironment(provenance, identity);
        CheckInvocation(provenance.Invocation, provenance.Type.Shape, identity);
        if (provenance.WorkflowPath is { } path) Same("workflow", path, ConfigPath(identity));
    }

    /// <summary>The newer form: <c>internalParameters.github</c>.</summary>
    private static void CheckWorkflowContext(SlsaProvenance provenance, SigningIdentity identity)
    {
        if (provenance.Context?.Object("github") is not { } github) return;
        foreach (var claim in github.Element.EnumerateObject())
            Same(claim.Name, Text(claim), claim.Name switch
            {
                "event_name" => identity.Trigger,
                "repository_id" => identity.SourceRepositoryId,
                "repository_owner_id" => identity.SourceOwnerId,
                "runner_environment" => identity.RunnerEnvironment,
                _ => throw Unknown(claim.Name),
            });
    }

    /// <summary>The older form of the npm program: GitHub's variables.</summary>
    private static void CheckEnvironment(SlsaProvenance provenance, SigningIdentity identity)
    {
        if (provenance.Context is not { } environment) return;
        var run = RunParts(identity);
        foreach (var claim in environment.Element.EnumerateObject())
            Same(claim.Name, Text(claim), claim.Name switch
            {
                "GITHUB_EVENT_NAME" => identity.Trigger,
                "GITHUB_REF" => identity.SourceRef,
                "GITHUB_REPOSITORY" => Path(identity.SourceRepository),
                "GITHUB_REPOSITORY_ID" => identity.SourceRepositoryId,
                "GITHUB_REPOSITORY_OWNER_ID" => identity.SourceOwnerId,
                "GITHUB_RUN_ATTEMPT" => run?.Attempt,
                "GITHUB_RUN_ID" => run?.Id,
                "GITHUB_SHA" => identity.SourceCommit,
                "GITHUB_WORKFLOW_REF" => Path(identity.Name),
                "GITHUB_WORKFLOW_SHA" => identity.SignerCommit,
                _ => throw Unknown(claim.Name),
            });
    }

    private static void CheckInvocation(InvocationClaims claims, BuildShape shape, SigningIdentity identity)
    {
        if (claims.ClaimsTimes) throw Unbacked("when the build started or ended");
        if (claims.ClaimsCompleteness) throw Unbacked("that it is complete or reproducible");
        if (IsFilled(claims.Parameters)) throw Unbacked("parameters");
        if (IsFilled(claims.BuildConfig)) throw Unbacked("a build configuration");
        if (claims.Id is not { } id) return;
        var expected = shape == BuildShape.Workflow ? identity.RunUri : RunParts(identity) is { } run ? $"{run.Id}-{run.Attempt}" : null;
        Same("run", id, expected);
    }

    /// <summary>npm's packages have one subject and one dependency, the source.</summary>
    public static void CheckPackage(Statement statement, SlsaProvenance provenance)
    {
        if (statement.Subjects is not [var subject]) throw Unbacked($"{statement.Subjects.Count} subjects");
        if (!subject.Digests.ContainsKey("sha512")) throw Unbacked("a subject without a sha512 digest");
        if (provenance.Dependencies.Count != 1) throw Unbacked($"{provenance.Dependencies.Count} dependencies");
    }

    private static bool IsFilled(JsonElement? value) => value is { } element
        && !(element.ValueKind == JsonValueKind.Object && !element.EnumerateObject().Any());

    /// <summary>The run's address is <c>https://github.com/OWNER/REPO/actions/runs/ID/attempts/N</c>.</summary>
    private static (string Id, string Attempt)? RunParts(SigningIdentity identity)
    {
        var prefix = $"{identity.SourceRepository}/actions/runs/";
        return identity.RunUri is { } uri && uri.StartsWith(prefix, StringComparison.Ordinal) && uri[prefix.Length..].Split('/') is [var id, "attempts", var attempt]
            ? (id, attempt)
            : null;
    }

    // OWNER/REPO/PATH@REF without the repository and the reference
    private static string? ConfigPath(SigningIdentity identity)
    {
        var prefix = identity.SourceRepository + "/";
        return identity.BuildConfigUri is { } uri && uri.StartsWith(prefix, StringComparison.Ordinal) && uri[prefix.Length..].Split('@') is [var path, _] ? path : null;
    }

    private static string? Path(string? uri) => uri is not null && uri.StartsWith(GitHub, StringComparison.Ordinal) ? uri[GitHub.Length..] : null;

    private static string Text(JsonProperty claim) => claim.Value.ValueKind == JsonValueKind.String ? claim.Value.GetString()! : claim.Value.GetRawText();

    private static void Same(string what, string claimed, string? certified)
    {
        if (claimed != certified)
            throw new Refusal(VerificationError.MismatchCertificate, $"the provenance says '{JsonFields.Shown(claimed)}' of {JsonFields.Shown(what)}, the certificate '{JsonFields.Shown(certified ?? "nothing")}'");
    }

    private static Refusal Unknown(string name) =>
        new(VerificationError.MismatchCertificate, $"the provenance claims '{JsonFields.Shown(name)}', which no certificate backs");

    private static Refusal Unbacked(string what) => new(VerificationError.NonVerifiableClaim, $"the provenance claims {what}, which nothing backs");
}
