namespace Signalbox.Pipelines.GitHubActions.Expressions.Types;

/// <summary>The types of the contexts that are the same everywhere (docs.github.com, "Contexts reference").</summary>
internal static class ContextTable
{
    private static readonly ExpressionType s_text = ExpressionType.String;
    private static readonly ExpressionType s_number = ExpressionType.Number;

    private static readonly string[] s_github =
    [
        "action", "action_path", "action_ref", "action_repository", "action_status", "actor", "actor_id", "api_url", "base_ref", "env", "event_name", "event_path",
        "graphql_url", "head_ref", "job", "output", "path", "ref", "ref_name", "ref_type", "repository", "repository_id", "repository_owner", "repository_owner_id",
        "repository_visibility", "repositoryurl", "run_attempt", "run_id", "run_number", "secret_source", "server_url", "sha", "state", "step_summary", "token",
        "triggering_actor", "workflow", "workflow_ref", "workflow_sha", "workspace", "job_workflow_sha",
    ];

    public static ObjectType GitHub { get; } = WithEvent(ObjectType.Loose);

    public static IReadOnlyDictionary<string, ExpressionType> Common { get; } = new Dictionary<string, ExpressionType>(StringComparer.OrdinalIgnoreCase)
    {
        ["github"] = GitHub,
        ["env"] = ObjectType.MapOf(s_text),
        ["vars"] = ObjectType.MapOf(s_text),
        ["secrets"] = ObjectType.MapOf(s_text),
        ["job"] = ObjectType.Of(
            ("check_run_id", s_number), ("status", s_text), ("container", ObjectType.Of(("id", s_text), ("network", s_text))),
            ("services", ObjectType.MapOf(ObjectType.Of(("id", s_text), ("network", s_text), ("ports", ObjectType.MapOf(s_text))))),
            ("workflow_ref", s_text), ("workflow_sha", s_text), ("workflow_repository", s_text), ("workflow_file_path", s_text)),
        ["runner"] = ObjectType.Of(((string[])["name", "os", "arch", "temp", "tool_cache", "debug", "environment"]).Select(n => (n, s_text))),
        ["strategy"] = new ObjectType(
            new Dictionary<string, ExpressionType>(StringComparer.OrdinalIgnoreCase)
            {
                ["fail-fast"] = ExpressionType.Boolean,
                ["job-index"] = s_number,
                ["job-total"] = s_number,
                ["max-parallel"] = s_number,
            }, ExpressionType.Any),
        ["steps"] = ObjectType.Empty,
        ["matrix"] = ObjectType.Empty,
        ["needs"] = ObjectType.Empty,
        ["inputs"] = ObjectType.Empty,
    };

    /// <summary>Secrets that a run always has.</summary>
    public static IEnumerable<(string, ExpressionType)> GivenSecrets => [("github_token", s_text), ("actions_step_debug", s_text), ("actions_runner_debug", s_text)];

    /// <summary>The github context with a payload of that type.</summary>
    public static ObjectType WithEvent(ObjectType payload) => ObjectType.Of(
    [
        .. s_github.Select(name => (name, s_text)),
        ("event", payload),
        ("artifact_cache_size_limit", s_number),
        ("retention_days", s_number),
        ("ref_protected", ExpressionType.Boolean),
    ]);
}
