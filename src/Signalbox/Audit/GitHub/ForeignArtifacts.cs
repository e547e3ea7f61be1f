using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Pipelines.Shell;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitHub;

/// <summary>
/// Files that a run of <c>workflow_run</c> takes out of the artifacts of the run before it. Where a fork's pull request started that one, an outsider wrote them:
/// securitylab.github.com, "Keeping your GitHub Actions and workflows secure Part 1".
/// </summary>
internal static class ForeignArtifacts
{
    // names of the runner's folder for what lasts as long as the job: docs.github.com, "Variables reference"
    private static readonly string[] s_temporary = ["${{ runner.temp }}", "${{runner.temp}}", "${RUNNER_TEMP}", "$RUNNER_TEMP"];

    private const string Temporary = "$RUNNER_TEMP";

    /// <summary>Whether a run may have artifacts that an outsider's run left.</summary>
    public static bool Any(Pipeline pipeline, Repository repository)
    {
        foreach (var trigger in pipeline.Triggers)
            if (trigger.Name == "workflow_run") return Before(trigger.Node, repository).Any(w => w is null || w.Pipeline.Triggers.Any(t => t.Kind is TriggerKinds.PullRequest or TriggerKinds.Privileged));
        return false;
    }

    /// <summary>The folder that a step puts artifacts of the run before into, from the workspace, and the command that does; null where it puts none, or nobody knows where.</summary>
    public static (string Folder, ShellCommand? By)? Put(Job job, Step step)
    {
        if (step.Uses is { } uses)
            return (uses.Is("actions/download-artifact") && step.Input("run-id") is not null || uses.Is("dawidd6/action-download-artifact")) && Place(step.Input("path") ?? "") is { } path ? (path, null) : null;
        foreach (var command in step.Script?.Shell.Commands ?? [])
            if (Folder(job, step, command) is { } folder) return (folder, command);
        return null;
    }

    private static string? Folder(Job job, Step step, ShellCommand command) =>
        command.Is("gh", "run", "download") ? Place(command.Value("-D") ?? command.Value("--dir") ?? "")
        : command.Program == "unzip" && IsFetched(job, step) ? Place(command.Value("-d") ?? "")
        : null;

    /// <summary>Whether a file that a step reads came out of an artifact of the run before.</summary>
    public static bool Holds(TaintPlace place, string file, Repository repository)
    {
        if (place is not { Job: { } job, Step: { } reading } || !Any(place.Pipeline, repository) || OwnChanges.Only(place.Pipeline, job) || Place(file) is not { } path) return false;
        var holds = false;
        foreach (var step in job.Steps)
        {
            // what a script fetches it reads itself, too
            if (ReferenceEquals(step, reading) && step.Script is null) break;
            if (!OwnChanges.Only(place.Pipeline, step.Condition) && Put(job, step) is var (folder, _)) holds |= IsWithin(path, folder) && !repository.Exists(path);
            if (ReferenceEquals(step, reading)) break;
        }
        return holds;
    }

    /// <summary>A path from the workspace, or from the runner's folder for temporary files; null where it cannot be known.</summary>
    private static string? Place(string path)
    {
        foreach (var name in s_temporary)
            if (path.StartsWith(name, StringComparison.Ordinal)) return Workspace.Join("", path[name.Length..].TrimStart('/')) is { } within ? $"{Temporary}/{within}".TrimEnd('/') : null;
        return Workspace.Join("", path);
    }

    private static bool IsWithin(string path, string folder) =>
        folder.Length == 0 ? !path.StartsWith(Temporary, StringComparison.Ordinal) : path.StartsWith(folder + "/", StringComparison.Ordinal);

    // docs.github.com, REST API, "Download an artifact": it comes as a zip file
    private static bool IsFetched(Job job, Step unpacking)
    {
        foreach (var step in job.Steps)
        {
            if (step.Uses?.Is("actions/github-script") == true && step.Input("script")?.Contains("downloadArtifact", StringComparison.Ordinal) == true) return true;
            if (step.Script?.Shell.Commands.Any(c => c.Program is "gh" or "curl" && c.Arguments.Any(a => a.Text.Contains("/artifacts/", StringComparison.Ordinal))) == true) return true;
            if (ReferenceEquals(step, unpacking)) break;
        }
        return false;
    }

    /// <summary>The workflows that a trigger names; null for one that is not in the repository.</summary>
    private static IEnumerable<GitHubWorkflow?> Before(YamlNode? trigger, Repository repository)
    {
        var names = trigger.Get("workflows") switch
        {
            YamlSequence list => list.Items.Select(i => i.Text()).ToList(),
            { } one => [one.Text()],
            null => [],
        };
        if (names.Count == 0) return [null];
        var workflows = repository.All<GitHubWorkflow>().Select(w => w.Document).ToList();
        return names.SelectMany(n => workflows.Where(w => w.Root.Text("name") == n || w.Pipeline.Path == n).DefaultIfEmpty());
    }
}
