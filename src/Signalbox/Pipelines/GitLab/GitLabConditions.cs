using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitLab;

/// <summary>When a job is part of a pipeline, by <c>rules</c>, or by <c>only</c> and <c>except</c>.</summary>
/// <param name="Kinds">The pipelines that it can be part of.</param>
/// <param name="Manual">Where it is said that a person starts it, if it never starts by itself.</param>
/// <param name="AfterFailure">Whether it runs although something before it failed.</param>
internal sealed record GitLabStart(TriggerKinds Kinds, TextRange? Manual, bool AfterFailure);

internal static class GitLabConditions
{
    public static readonly (TriggerKinds Kind, string Name)[] Sources =
    [
        (TriggerKinds.Push, "push"), (TriggerKinds.Release, "tag"), (TriggerKinds.PullRequest, "merge_request_event"),
        (TriggerKinds.Schedule, "schedule"), (TriggerKinds.Manual, "web"), (TriggerKinds.Called, "pipeline"),
    ];

    public static readonly TriggerKinds All = Sources.Aggregate(TriggerKinds.None, (all, s) => all | s.Kind);

    public static GitLabStart Of(YamlMapping settings, GitLabSettings all, TriggerKinds pipeline)
    {
        var when = settings.Entry("when");
        if (settings.Get("rules") is { } rules) return FromRules([.. Flatten(rules, all, 0)], when, pipeline);
        var kinds = TriggerKinds.None;
        foreach (var (kind, _) in Sources)
            if (Admits(settings, kind)) kinds |= kind;
        var manual = when?.Value.Text() == "manual" ? when.Range : (TextRange?)null;
        return new(kinds & pipeline, manual, when?.Value.Text() is "always" or "on_failure");
    }

    /// <summary>The pipelines that <c>workflow: rules</c> let start.</summary>
    public static TriggerKinds OfWorkflow(YamlMapping root, GitLabSettings all) =>
        root.Get("workflow", "rules") is { } rules ? FromRules([.. Flatten(rules, all, 0)], null, All).Kinds : All;

    /// <summary>Rules one by one, with lists within them and references followed.</summary>
    internal static IEnumerable<YamlMapping> Rules(YamlNode? rules, GitLabSettings all) => Flatten(rules, all, 0);

    private static IEnumerable<YamlMapping> Flatten(YamlNode? rules, GitLabSettings all, int depth)
    {
        if (depth > 10) yield break;
        foreach (var item in all.Referenced(rules).ItemsOrSelf())
            if (item is YamlMapping rule) yield return rule;
            else if (item is YamlSequence)
                foreach (var nested in Flatten(item, all, depth + 1)) yield return nested;
    }

    private static GitLabStart FromRules(IReadOnlyList<YamlMapping> rules, YamlEntry? when, TriggerKinds pipeline)
    {
        var (kinds, automatic, afterFailure) = (TriggerKinds.None, false, false);
        TextRange? manual = null;
        foreach (var (kind, _) in Sources)
        {
            if (!pipeline.HasFlag(kind)) continue;
            foreach (var rule in Possible(rules, kind))
            {
                var said = rule.Entry("when") ?? when;
                if (said?.Value.Text() == "never") continue;
                kinds |= kind;
                if (said?.Value.Text() == "manual") manual ??= said.Range;
                else automatic = true;
                afterFailure |= said?.Value.Text() is "always" or "on_failure";
            }
        }
        return new(kinds, automatic ? null : manual, afterFailure);
    }

    /// <summary>The rules that may decide for a kind of pipeline: the first that surely holds is the last.</summary>
    private static IEnumerable<YamlMapping> Possible(IReadOnlyList<YamlMapping> rules, TriggerKinds kind)
    {
        foreach (var rule in rules)
        {
            var holds = rule.Text("if") is { } text ? GitLabExpression.Decide(text, name => Variable(name, kind)) : true;
            if (holds == false) continue;
            yield return rule;
            if (holds == true && rule.Get("changes") is null && rule.Get("exists") is null) yield break;
        }
    }

    // docs.gitlab.com, "Predefined CI/CD variables reference"
    private static GitLabValue Variable(string name, TriggerKinds kind) => name switch
    {
        "CI_PIPELINE_SOURCE" => kind switch
        {
            TriggerKinds.Push or TriggerKinds.Release => GitLabValue.Of("push"),
            TriggerKinds.PullRequest => GitLabValue.Of("merge_request_event"),
            TriggerKinds.Schedule => GitLabValue.Of("schedule"),
            TriggerKinds.Manual => GitLabValue.Of("web"),
            // parent_pipeline and trigger are others of its kind
            _ => GitLabValue.Of("pipeline"),
        },
        // in every pipeline; a merge request's has no CI_COMMIT_BRANCH to equal it
        "CI_DEFAULT_BRANCH" => GitLabValue.Set,
        "CI_COMMIT_TAG" => kind == TriggerKinds.Release ? GitLabValue.Set : kind is TriggerKinds.Manual or TriggerKinds.Called ? GitLabValue.Unknown : GitLabValue.Null,
        "CI_COMMIT_BRANCH" => kind is TriggerKinds.Release or TriggerKinds.PullRequest ? GitLabValue.Null : kind == TriggerKinds.Push ? GitLabValue.Set : GitLabValue.Unknown,
        _ when name.StartsWith("CI_MERGE_REQUEST_", StringComparison.Ordinal) => kind == TriggerKinds.PullRequest ? GitLabValue.Set : GitLabValue.Null,
        _ => GitLabValue.Unknown,
    };

    private static bool Admits(YamlMapping settings, TriggerKinds kind)
    {
        var only = Refs(settings.Get("only"));
        if (only.Count == 0) only = ["branches", "tags"];
        if (!only.Any(r => Matches(r, kind))) return false;
        return !Refs(settings.Get("except")).Any(r => IsKeyword(r) && Matches(r, kind));
    }

    private static List<string> Refs(YamlNode? node) =>
        [.. (node is YamlMapping ? node.Get("refs") : node).ItemsOrSelf().Select(r => r.Text()).OfType<string>().Select(r => r.Split('@')[0])];

    private static bool IsKeyword(string name) =>
        name is "branches" or "tags" or "merge_requests" or "schedules" or "web" or "api" or "chat" or "triggers" or "pipelines" or "pushes";

    private static bool Matches(string name, TriggerKinds kind) => name switch
    {
        "branches" => kind is not (TriggerKinds.Release or TriggerKinds.PullRequest),
        "tags" => kind == TriggerKinds.Release,
        "merge_requests" => kind == TriggerKinds.PullRequest,
        "schedules" => kind == TriggerKinds.Schedule,
        "web" or "api" or "chat" => kind == TriggerKinds.Manual,
        "triggers" or "pipelines" => kind == TriggerKinds.Called,
        "pushes" => kind is TriggerKinds.Push or TriggerKinds.Release,
        // a pattern may be meant for tags, a plain name is a branch's
        _ when name.StartsWith('/') => kind != TriggerKinds.PullRequest,
        _ => kind is not (TriggerKinds.Release or TriggerKinds.PullRequest),
    };
}
