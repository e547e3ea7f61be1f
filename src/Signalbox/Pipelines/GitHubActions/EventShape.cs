using Signalbox.Pipelines.Shapes;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitHubActions;

/// <summary>The events of <c>on</c>, each with its filters and activity types (see <see cref="WorkflowShape"/> for the source).</summary>
internal static class EventShape
{
    private static readonly Shape s_texts = Shape.Text.OrList();

    private static readonly string[] s_changes = ["created", "edited", "deleted"];

    private static readonly string[] s_requests =
    [
        "assigned", "unassigned", "labeled", "unlabeled", "opened", "edited", "closed", "reopened", "synchronize", "converted_to_draft", "locked", "unlocked", "enqueued",
        "dequeued", "milestoned", "demilestoned", "ready_for_review", "review_requested", "review_request_removed", "auto_merge_enabled", "auto_merge_disabled", "stacked",
    ];

    private static readonly Keys s_dispatched = new("an input of workflow_dispatch", Dispatched());

    private static readonly Keys s_choice = new("an input of workflow_dispatch that is a choice", Dispatched()) { Required = [["options"]] };

    private static readonly Dictionary<string, Shape> s_events = new()
    {
        ["branch_protection_rule"] = Event("branch_protection_rule", s_changes),
        ["check_run"] = Event("check_run", ["completed", "created", "rerequested", "requested_action"]),
        ["check_suite"] = Event("check_suite", ["completed"]),
        ["create"] = Event("create", []),
        ["delete"] = Event("delete", []),
        ["deployment"] = Event("deployment", []),
        ["deployment_status"] = Event("deployment_status", []),
        ["discussion"] = Event("discussion", [.. s_changes, "transferred", "pinned", "unpinned", "labeled", "unlabeled", "locked", "unlocked", "category_changed", "answered", "unanswered"]),
        ["discussion_comment"] = Event("discussion_comment", s_changes),
        ["fork"] = Event("fork", []),
        ["gollum"] = Event("gollum", []),
        ["image_version"] = Event("image_version", ["created", "ready", "deleted"], "names", "versions"),
        ["issue_comment"] = Event("issue_comment", s_changes),
        ["issues"] = Event("issues", ["opened", "edited", "deleted", "transferred", "pinned", "unpinned", "closed", "reopened", "assigned", "unassigned", "labeled", "unlabeled", "locked", "unlocked", "milestoned", "demilestoned", "field_added", "field_removed", "typed", "untyped"]),
        ["label"] = Event("label", s_changes),
        ["merge_group"] = Event("merge_group", ["checks_requested"], "branches", "branches-ignore"),
        ["milestone"] = Event("milestone", ["created", "closed", "opened", "edited", "deleted"]),
        ["page_build"] = Event("page_build", []),
        ["project"] = Event("project", ["created", "closed", "reopened", "edited", "deleted"]),
        ["project_card"] = Event("project_card", ["created", "moved", "converted", "edited", "deleted"]),
        ["project_column"] = Event("project_column", ["created", "updated", "moved", "deleted"]),
        ["public"] = Event("public", []),
        ["pull_request"] = Event("pull_request", s_requests, "branches", "branches-ignore", "paths", "paths-ignore"),
        ["pull_request_comment"] = Event("pull_request_comment", s_changes),
        ["pull_request_review"] = Event("pull_request_review", ["submitted", "edited", "dismissed"]),
        ["pull_request_review_comment"] = Event("pull_request_review_comment", s_changes),
        ["pull_request_target"] = Event("pull_request_target", s_requests, "branches", "branches-ignore", "paths", "paths-ignore"),
        ["push"] = Event("push", [], "branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore"),
        ["registry_package"] = Event("registry_package", ["published", "updated"]),
        ["release"] = Event("release", ["published", "unpublished", "created", "edited", "deleted", "prereleased", "released"]),
        ["repository_dispatch"] = Shape.Map(new("repository_dispatch", new Dictionary<string, Shape> { ["types"] = s_texts })).OrEmpty(),
        ["schedule"] = Shape.ListOf(Shape.Map(new("a schedule", new Dictionary<string, Shape> { ["cron"] = new() { Words = new("minute, hour, day of month, month and day of week", IsCron) }, ["timezone"] = Shape.Text }) { Required = [["cron"]] })),
        ["status"] = Event("status", []),
        ["watch"] = Event("watch", ["started"]),
        ["workflow_call"] = Shape.Map(new("workflow_call", new Dictionary<string, Shape>
        {
            ["inputs"] = Shape.MapOf(Shape.Map(new("an input of workflow_call", Input("boolean", "number", "string")) { Required = [["type"]] })).OrEmpty(),
            ["secrets"] = Shape.MapOf(Shape.Map(new("a secret of workflow_call", new Dictionary<string, Shape> { ["description"] = Shape.Text, ["required"] = Shape.Flag })).OrEmpty()).OrEmpty(),
            ["outputs"] = Shape.MapOf(Shape.Map(new("an output of workflow_call", new Dictionary<string, Shape> { ["description"] = Shape.Text, ["value"] = Shape.Text }) { Required = [["value"]] })).OrEmpty(),
        })).OrEmpty(),
        ["workflow_dispatch"] = Shape.Map(new("workflow_dispatch", new Dictionary<string, Shape>
        {
            ["inputs"] = Shape.MapOf(new Shape { Keys = i => i.Text("type") == "choice" ? s_choice : s_dispatched }.OrEmpty()).OrEmpty(),
        })).OrEmpty(),
        ["workflow_run"] = Event("workflow_run", ["requested", "completed", "in_progress"], "workflows", "branches", "branches-ignore"),
    };

    /// <summary>What <c>on</c> may say: one event, several, or several with their filters.</summary>
    public static Shape On { get; } = Shape.Word([.. s_events.Keys]).OrList().Or(Shape.Map(new("on", s_events)));

    /// <summary>Five fields; GitHub takes no macros such as <c>@daily</c> (docs.github.com, "Events that trigger workflows", schedule).</summary>
    private static bool IsCron(string text) => !text.TrimStart().StartsWith('@') && Cronos.CronExpression.TryParse(text, out _);

    private static Shape Event(string name, string[] types, params string[] filters)
    {
        var keys = filters.ToDictionary(f => f, _ => s_texts);
        if (types.Length > 0) keys["types"] = Shape.Word(types).OrList().OrEmpty();
        return Shape.Map(new(name, keys)).OrEmpty();
    }

    private static Dictionary<string, Shape> Dispatched() => new(Input("boolean", "choice", "environment", "number", "string")) { ["options"] = Shape.ListOf(Shape.Text) };

    private static Dictionary<string, Shape> Input(params string[] types) => new()
    {
        ["description"] = Shape.Text,
        ["type"] = Shape.Word(types),
        ["required"] = Shape.Flag,
        ["default"] = Shape.Any,
        ["deprecationMessage"] = Shape.Text,
    };
}
