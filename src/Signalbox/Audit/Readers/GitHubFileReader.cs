using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Readers;

/// <summary>A step with the job and pipeline it belongs to; for a composite action the job is its list of steps.</summary>
internal sealed record PipelineStep(Pipeline Pipeline, Job Job, Step Step);

/// <summary>A job with its pipeline.</summary>
internal sealed record PipelineJob(Pipeline Pipeline, Job Job)
{
    /// <summary>Whether what the job lacks may be said by the pipeline that takes its file in.</summary>
    public bool IsPartialIn(Repository repository) => Job.IsPartial && repository.IsTakenIn(Pipeline.Path);
}

/// <summary>What is written as a workflow but lies where GitHub does not look for one.</summary>
internal sealed record StrayWorkflow(GitHubWorkflow Workflow);

/// <summary>Workflows and actions.</summary>
internal sealed class GitHubFileReader : Reader
{
    public override bool Claims(string path) => YamlFile.HasYamlName(path);

    public override void Read(SourceFile file, DocumentSink documents)
    {
        if ((!IsWorkflow(file.Path) || IsNested(file.Path, documents.Repository)) && !IsAction(file.Path))
        {
            Stray(file, documents);
            return;
        }
        if (YamlFile.Root(file, documents) is not YamlMapping root) return;
        if (IsWorkflow(file.Path))
        {
            var workflow = GitHubReader.ReadWorkflow(file.Path, file.Text, root);
            documents.Add(workflow);
            documents.AddPipeline(workflow.Pipeline);
        }
        else if (root.Get("runs") is YamlMapping)
        {
            var action = GitHubReader.ReadAction(file.Path, file.Text, root);
            documents.Add(action);
            documents.AddSteps(action.Fragment);
        }
    }

    /// <summary>A workflow in another folder does not run by itself, but calls are compared with it.</summary>
    private static void Stray(SourceFile file, DocumentSink documents)
    {
        if (file.Text.Content.Contains("jobs:", StringComparison.Ordinal) && file.Yaml is { Problems: [], Documents: [YamlMapping root] } && root.Get("jobs") is YamlMapping)
            documents.Add(new StrayWorkflow(GitHubReader.ReadWorkflow(file.Path, file.Text, root)));
    }

    /// <summary>Whether it lies in a folder below a repository's root: GitHub looks at the root alone. A folder with a repository of its own is one.</summary>
    private static bool IsNested(string path, Repository repository)
    {
        var folder = path[..path.LastIndexOf(".github/workflows/", StringComparison.Ordinal)];
        return folder.Length > 0 && (repository.Has(".github") || repository.Exists(".git")) && !repository.Exists(folder + ".git");
    }

    private static bool IsWorkflow(string path) =>
        (path.StartsWith(".github/workflows/", StringComparison.Ordinal) || path.Contains("/.github/workflows/", StringComparison.Ordinal)) && YamlFile.HasYamlName(path)
        && path.LastIndexOf('/') == path.LastIndexOf(".github/workflows/", StringComparison.Ordinal) + ".github/workflows".Length;

    private static bool IsAction(string path) => path[(path.LastIndexOf('/') + 1)..] is "action.yml" or "action.yaml";
}
