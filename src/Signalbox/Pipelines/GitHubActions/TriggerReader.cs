using System.Collections.Immutable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitHubActions;

/// <summary>Reads <c>on</c> in its three shapes: a name, a list of names, a mapping.</summary>
internal static class TriggerReader
{
    public static ImmutableArray<Trigger> Read(YamlEntry? on) => on?.Value switch
    {
        YamlScalar name when name.Text() is { } text => [new(Kind(text, null), text, name.Range, name)],
        YamlSequence list => [.. list.Items.OfType<YamlScalar>().Select(i => new Trigger(Kind(i.Value, null), i.Value, i.Range, i))],
        YamlMapping map => [.. map.Entries().Select(e => new Trigger(Kind(e.Key.Value, e.Value), e.Key.Value, e.Key.Range, e.Value))],
        _ => [],
    };

    // which events carry an outsider's input with the repository's own rights: docs.github.com, "Events that trigger workflows"
    private static TriggerKinds Kind(string name, YamlNode? filter) => name switch
    {
        "push" => Push(filter),
        "release" or "create" => TriggerKinds.Release,
        "pull_request" or "pull_request_review" or "pull_request_review_comment" or "merge_group" => TriggerKinds.PullRequest,
        "pull_request_target" or "workflow_run" or "issue_comment" or "issues" or "discussion" or "discussion_comment" or "fork" or "watch" or "gollum" or "pull_request_comment" => TriggerKinds.Privileged,
        "schedule" => TriggerKinds.Schedule,
        "workflow_dispatch" or "repository_dispatch" or "deployment" => TriggerKinds.Manual,
        "workflow_call" => TriggerKinds.Called,
        _ => TriggerKinds.Other,
    };

    private static TriggerKinds Push(YamlNode? filter)
    {
        var tags = filter.Get("tags") is not null;
        var branches = filter.Get("branches") is not null || filter.Get("branches-ignore") is not null;
        return (tags, branches) switch
        {
            (true, false) => TriggerKinds.Release,
            (false, true) => TriggerKinds.Push,
            _ => TriggerKinds.Push | TriggerKinds.Release,
        };
    }
}
