using System.Text;
using System.Text.Json.Nodes;

namespace Signalbox.Tests.Evidence.Verification.Local;

/// <summary>Statements as the builders of GitHub Actions and the npm registry write them.</summary>
internal static class LocalStatements
{
    public const string WorkflowType = "https://actions.github.io/buildtypes/workflow/v1";
    public const string NpmWorkflowType = "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1";

    public static byte[] Statement(string predicateType, JsonObject predicate, params (string Name, string Algorithm, string Hex)[] subjects) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["_type"] = "https://in-toto.io/Statement/v1",
        ["subject"] = new JsonArray([.. subjects.Select(s => (JsonNode)new JsonObject { ["name"] = s.Name, ["digest"] = new JsonObject { [s.Algorithm] = s.Hex } })]),
        ["predicateType"] = predicateType,
        ["predicate"] = predicate,
    }.ToJsonString());

    /// <summary>SLSA 1 of a workflow's own attestation, or of the npm program.</summary>
    public static JsonObject WorkflowProvenance(string builder, string buildType = WorkflowType, string repository = "acme/app", string reference = "refs/heads/main") => new()
    {
        ["buildDefinition"] = new JsonObject
        {
            ["buildType"] = buildType,
            ["externalParameters"] = new JsonObject
            {
                ["workflow"] = new JsonObject { ["ref"] = reference, ["repository"] = "https://github.com/" + repository, ["path"] = ".github/workflows/release.yml" },
            },
            ["internalParameters"] = new JsonObject { ["github"] = new JsonObject { ["event_name"] = "push", ["repository_id"] = "4711", ["repository_owner_id"] = "42" } },
            ["resolvedDependencies"] = new JsonArray(new JsonObject
            {
                ["uri"] = $"git+https://github.com/{repository}@{reference}",
                ["digest"] = new JsonObject { ["gitCommit"] = LocalSigstore.Commit },
            }),
        },
        ["runDetails"] = new JsonObject
        {
            ["builder"] = new JsonObject { ["id"] = builder },
            ["metadata"] = new JsonObject { ["invocationId"] = $"https://github.com/{repository}/actions/runs/99/attempts/1" },
        },
    };

    /// <summary>SLSA 0.2 of slsa-github-generator's older builders.</summary>
    public static JsonObject GeneratorProvenance(string builder, string buildType, string reference = "refs/tags/v1.2.3") => new()
    {
        ["builder"] = new JsonObject { ["id"] = builder },
        ["buildType"] = buildType,
        ["invocation"] = new JsonObject
        {
            ["configSource"] = new JsonObject { ["uri"] = $"git+https://github.com/acme/app@{reference}", ["digest"] = new JsonObject { ["sha1"] = LocalSigstore.Commit }, ["entryPoint"] = ".github/workflows/release.yml" },
            ["parameters"] = new JsonObject(),
            ["environment"] = new JsonObject { ["github_ref"] = reference, ["github_ref_type"] = reference.StartsWith("refs/tags/", StringComparison.Ordinal) ? "tag" : "branch", ["github_event_name"] = "push" },
        },
        ["metadata"] = new JsonObject { ["completeness"] = new JsonObject { ["parameters"] = true, ["environment"] = false, ["materials"] = false }, ["reproducible"] = false },
        ["materials"] = new JsonArray(new JsonObject { ["uri"] = $"git+https://github.com/acme/app@{reference}", ["digest"] = new JsonObject { ["sha1"] = LocalSigstore.Commit } }),
    };

    /// <summary>SLSA 0.2 of the npm program.</summary>
    public static JsonObject NpmProvenance(string builder = "https://github.com/actions/runner", string buildType = "https://github.com/npm/cli/gha/v2") => new()
    {
        ["buildType"] = buildType,
        ["builder"] = new JsonObject { ["id"] = builder },
        ["invocation"] = new JsonObject
        {
            ["configSource"] = new JsonObject { ["uri"] = "git+https://github.com/acme/app@refs/heads/main", ["digest"] = new JsonObject { ["sha1"] = LocalSigstore.Commit }, ["entryPoint"] = ".github/workflows/release.yml" },
            ["parameters"] = new JsonObject(),
            ["environment"] = new JsonObject
            {
                ["GITHUB_EVENT_NAME"] = "push",
                ["GITHUB_REF"] = "refs/heads/main",
                ["GITHUB_REPOSITORY"] = "acme/app",
                ["GITHUB_REPOSITORY_ID"] = "4711",
                ["GITHUB_REPOSITORY_OWNER_ID"] = "42",
                ["GITHUB_RUN_ATTEMPT"] = "1",
                ["GITHUB_RUN_ID"] = "99",
                ["GITHUB_SHA"] = LocalSigstore.Commit,
                ["GITHUB_WORKFLOW_REF"] = "acme/app/.github/workflows/release.yml@refs/heads/main",
                ["GITHUB_WORKFLOW_SHA"] = LocalSigstore.Commit,
            },
        },
        ["metadata"] = new JsonObject { ["buildInvocationId"] = "99-1", ["completeness"] = new JsonObject { ["parameters"] = false, ["environment"] = false, ["materials"] = false }, ["reproducible"] = false },
        ["materials"] = new JsonArray(new JsonObject { ["uri"] = "git+https://github.com/acme/app@refs/heads/main", ["digest"] = new JsonObject { ["sha1"] = LocalSigstore.Commit } }),
    };
}
