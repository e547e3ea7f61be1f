using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions.Expressions.Types;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitHub;

/// <summary>The outputs of actions and workflows that lie in the repository, and of the few that every repository uses.</summary>
internal sealed class UsedOutputs(LocalCode code) : IUsedOutputs
{
    // action.yml of the actions/cache repository: outputs of v1 to v5
    private static readonly string[] s_cache = ["cache-hit"];
    private static readonly string[] s_restore = ["cache-hit", "cache-primary-key", "cache-matched-key"];

    public IReadOnlyList<string>? OfAction(UsedCode uses) =>
        uses.Is("actions/cache") ? s_cache
        : uses.Is("actions/cache/restore") ? s_restore
        : code.Action(uses) is { } action ? [.. action.Root.Get("outputs").Entries().Select(e => e.Key.Value)]
        : null;

    public IReadOnlyList<string>? OfWorkflow(UsedCode uses) =>
        code.Workflow(uses) is { } workflow ? [.. workflow.Trigger("workflow_call")?.Node.Get("outputs").Entries().Select(e => e.Key.Value) ?? []] : null;
}
