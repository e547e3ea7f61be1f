using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Readers;

/// <summary>A step with the job and pipeline it belongs to; for a composite action the job is its list of steps.</summary>
internal sealed record PipelineStep(Pipeline Pipeline, Job Job, Step Step);

/// <summary>A job with its pipeline.</summary>
internal sealed record PipelineJob(Pipeline Pipeline, Job Job);

/// <summary>Workflows and actions.</summary>
internal sealed class GitHubFileReader : Reader
{
    public override bool Claims(string path) => IsWorkflow(path) || IsAction(path);

    public override void Read(SourceFile file, DocumentSink documents)
    {
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

    private static bool IsWorkflow(string path) =>
        (path.StartsWith(".github/workflows/", StringComparison.Ordinal) || path.Contains("/.github/workflows/", StringComparison.Ordinal)) && YamlFile.HasYamlName(path)
        && path.LastIndexOf('/') == path.LastIndexOf(".github/workflows/", StringComparison.Ordinal) + ".github/workflows".Length;

    private static bool IsAction(string path) => path[(path.LastIndexOf('/') + 1)..] is "action.yml" or "action.yaml";
}
