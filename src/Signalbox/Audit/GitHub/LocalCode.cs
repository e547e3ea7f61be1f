using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;

namespace Signalbox.Audit.GitHub;

/// <summary>Finds the actions and workflows of the repository that a file uses by path.</summary>
/// <param name="path">The file that uses them.</param>
internal sealed class LocalCode(Repository repository, string path)
{
    private readonly string _root = RootOf(path);

    /// <summary>The action a step uses; null for one from elsewhere, or where there is none.</summary>
    public GitHubAction? Action(UsedCode uses)
    {
        if (!uses.IsLocal) return null;
        var folder = PathOf(uses);
        return repository.At<GitHubAction>(Join(folder, "action.yml")) ?? repository.At<GitHubAction>(Join(folder, "action.yaml"));
    }

    /// <summary>
    /// The workflow a job calls. One named by a path where there is none is looked for by its name in
    /// .github/workflows: GitHub takes called workflows from nowhere else, so that one is meant.
    /// </summary>
    public GitHubWorkflow? Workflow(UsedCode uses)
    {
        if (!uses.IsLocal) return null;
        var named = PathOf(uses);
        if ((repository.At<GitHubWorkflow>(named) ?? repository.At<StrayWorkflow>(named)?.Workflow) is { } workflow) return workflow;
        return repository.Has(named) ? null : repository.At<GitHubWorkflow>($"{_root}{WorkflowFolder}/{named[(named.LastIndexOf('/') + 1)..]}");
    }

    /// <summary>Whether the path names a file or folder of the repository at all.</summary>
    public bool Exists(UsedCode uses) => repository.Has(PathOf(uses));

    /// <summary>The path from the audited folder.</summary>
    public string PathOf(UsedCode uses)
    {
        var parts = new List<string>();
        foreach (var part in uses.Name[2..].Split('/'))
        {
            if (part is "" or ".") continue;
            if (part != "..") parts.Add(part);
            else if (parts.Count > 0) parts.RemoveAt(parts.Count - 1);
        }
        return _root + string.Join('/', parts);
    }

    public const string WorkflowFolder = ".github/workflows";

    public static string RootOf(string path) => path.IndexOf(".github/", StringComparison.Ordinal) is >= 0 and var at ? path[..at] : "";

    private static string Join(string folder, string name) => folder.Length == 0 ? name : $"{folder.TrimEnd('/')}/{name}";
}
