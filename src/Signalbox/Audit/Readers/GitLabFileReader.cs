using Signalbox.Pipelines;
using Signalbox.Pipelines.GitLab;

namespace Signalbox.Audit.Readers;

/// <summary>GitLab CI files: the main one and those that are kept for including.</summary>
internal sealed class GitLabFileReader : Reader
{
    private static readonly string[] s_folders = [".gitlab", ".gitlab-ci", "gitlab-ci", "ci"];

    public override bool Claims(string path) => IsMain(path) || (YamlFile.HasYamlName(path) && IsIncluded(path));

    public override void Read(SourceFile file, DocumentSink documents)
    {
        YamlFile.Root(file, documents);
        if (GitLabReader.Root(file.Yaml.Documents) is not { } jobs || (!IsMain(file.Path) && !GitLabReader.LooksLike(jobs))) return;
        var gitlab = GitLabReader.Read(file.Path, file.Text, jobs, source => documents.Named(source).Select(f => (f.Path, Root: GitLabReader.Root(f.Yaml.Documents))).Where(f => f.Root is not null)!);
        file.StandsIn = [.. gitlab.Pipeline.Inclusions.Where(i => !i.Remote).Select(i => i.Range)];
        documents.Add(gitlab);
        documents.Add(gitlab.Pipeline);
        foreach (var job in gitlab.Pipeline.Jobs) documents.Add(new PipelineJob(gitlab.Pipeline, job));
        AddSteps(file, gitlab, documents);
    }

    /// <summary>A line that many jobs take from one template is one step to the rules, with the first of those jobs.</summary>
    private static void AddSteps(SourceFile file, GitLabPipeline gitlab, DocumentSink documents)
    {
        var seen = new HashSet<Step>(ReferenceEqualityComparer.Instance);
        foreach (var job in gitlab.Jobs.Concat(gitlab.Templates))
            foreach (var step in job.Job.Steps)
                if (!file.IsElsewhere(step.Range) && seen.Add(step)) documents.Add(new PipelineStep(gitlab.Pipeline, job.Job, step));
    }

    private static bool IsMain(string path) => path[(path.LastIndexOf('/') + 1)..] is ".gitlab-ci.yml" or ".gitlab-ci.yaml";

    private static bool IsIncluded(string path) =>
        path.EndsWith("gitlab-ci.yml", StringComparison.OrdinalIgnoreCase) || path.EndsWith("gitlab-ci.yaml", StringComparison.OrdinalIgnoreCase)
        || s_folders.Any(f => RelativePath.Passes(path, f, StringComparison.Ordinal));
}
