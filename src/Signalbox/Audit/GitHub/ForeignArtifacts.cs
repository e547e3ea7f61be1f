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
            return (uses.Is("actions/download-artifact") && IsBefore(step.Input("run-id")) || uses.Is("dawidd6/action-download-artifact") && TakesForks(step)) && Workspace.Join("", step.Input("path") ?? "") is { } path ? (path, null) : null;
        foreach (var command in step.Script?.Shell.Commands ?? [])
            if (Folder(job, step, command) is { } folder) return (folder, command);
        return null;
    }

    private static string? Folder(Job job, Step step, ShellCommand command) =>
        command.Is("gh", "run", "download") ? command.Arguments.All(a => IsBefore(a.Text)) ? Workspace.Join("", command.Value("-D") ?? command.Value("--dir") ?? "") : null
        : command.Program == "unzip" && command.Verb is { } zip && IsFetched(job, step, zip) ? Workspace.Join("", command.Value("-d") ?? "")
        : null;

    /// <summary>Whether a file that a step reads came out of an artifact of the run before.</summary>
    public static bool Holds(TaintPlace place, string file, Repository repository)
    {
        if (place is not { Job: { } job, Step: { } reading } || !Any(place.Pipeline, repository) || OwnChanges.Only(place.Pipeline, job) || Workspace.Join("", file) is not { } path) return false;
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

    private static bool IsWithin(string path, string folder) => folder.Length == 0 ? !Workspace.IsOutside(path) : path.StartsWith(folder + "/", StringComparison.Ordinal);

    /// <summary>Whether a run's number is that of the run before: of this run it is its own.</summary>
    private static bool IsBefore(string? run) => run is not null && !run.Contains("github.run_id", StringComparison.Ordinal) && !run.Contains("GITHUB_RUN_ID", StringComparison.Ordinal);

    // github.com/dawidd6/action-download-artifact: since its sixth version those of forks only where it is told so
    private static bool TakesForks(Step step) => step.Input("run_id") is { } run ? IsBefore(run) : step.Input("allow_forks") == "true" || step.Input("pr") is not null;

    // docs.github.com, REST API, "Download an artifact": it comes as a zip file
    private static bool IsFetched(Job job, Step unpacking, string zip)
    {
        var name = zip[(zip.LastIndexOf('/') + 1)..];
        foreach (var step in job.Steps)
        {
            if (step.Uses?.Is("actions/github-script") == true && step.Input("script") is { } text && text.Contains("downloadArtifact", StringComparison.Ordinal) && text.Contains(name, StringComparison.Ordinal)) return true;
            if (step.Script is { } script && script.Shell.Commands.Any(c => Saves(c, name) && (c.Arguments.Any(a => a.Text.Contains("/artifacts/", StringComparison.Ordinal)) || script.Text.Contains("archive_download_url", StringComparison.Ordinal)))) return true;
            if (ReferenceEquals(step, unpacking)) break;
        }
        return false;
    }

    private static bool Saves(ShellCommand command, string name) => command.Program is "gh" or "curl" or "wget"
        && (command.Redirects.Any(r => r.Operator is ">" && r.Target.Text.EndsWith(name, StringComparison.Ordinal)) || command.Arguments.Any(a => a.Text.EndsWith(name, StringComparison.Ordinal)));

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
        return names.SelectMany(n => workflows.Where(w => IsNamed(w, n)).DefaultIfEmpty());
    }

    // docs.github.com, "Workflow syntax", filter patterns: a backslash takes a sign as it is, * stands for any
    private static bool IsNamed(GitHubWorkflow workflow, string? pattern)
    {
        if (pattern is null || (workflow.Root.Text("name") ?? workflow.Pipeline.Path) is not { } name) return false;
        var plain = pattern.Replace("\\", "", StringComparison.Ordinal);
        return name == plain || (pattern.IndexOf('*') is >= 0 and var star && name.StartsWith(plain[..Math.Min(star, plain.Length)], StringComparison.Ordinal));
    }
}
