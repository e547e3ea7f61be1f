using Signalbox.Pipelines;
using Signalbox.Pipelines.GitLab;
using Signalbox.Yaml;

namespace Signalbox.Audit.Readers;

/// <summary>GitLab CI files: the main one and those that are kept for including.</summary>
internal sealed class GitLabFileReader : Reader
{
    private const int MostChildren = 1_000;

    private static readonly string[] s_folders = [".gitlab", ".gitlab-ci", "gitlab-ci", "ci"];

    public override bool Claims(string path) => IsMain(path) || (YamlFile.HasYamlName(path) && IsIncluded(path));

    public override void Read(SourceFile file, DocumentSink documents)
    {
        YamlFile.Root(file, documents);
        if (GitLabReader.Root(file.Yaml.Documents) is { } jobs && (IsMain(file.Path) || GitLabReader.LooksLike(jobs))) Read(file, jobs, documents);
    }

    public override void ReadTakenIn(SourceFile file, DocumentSink documents)
    {
        // GitLab takes in files of these names alone
        if (!YamlFile.HasYamlName(file.Path)) return;
        YamlFile.Root(file, documents);
        // a wildcard may name another tool's files, too
        if (GitLabReader.Root(file.Yaml.Documents) is { } jobs && jobs.Find("apiVersion") is null) Read(file, jobs, documents);
    }

    private void Read(SourceFile file, YamlMapping jobs, DocumentSink documents)
    {
        var gitlab = GitLabReader.Read(file.Path, file.Text, jobs, (source, at) => Open(source, at, documents));
        foreach (var child in gitlab.Children.Take(MostChildren)) Open(child.Source, child.Range, documents);
        file.StandsIn = [.. gitlab.Pipeline.Inclusions.Where(i => !i.Remote).Select(i => i.Range)];
        documents.Add(gitlab);
        documents.Add(gitlab.Pipeline);
        foreach (var job in gitlab.Pipeline.Jobs) documents.Add(new PipelineJob(gitlab.Pipeline, job));
        AddSteps(file, gitlab, documents);
    }

    /// <summary>The jobs' mappings of the files that an inclusion names.</summary>
    private List<(string Path, YamlMapping Root)> Open(string source, TextRange at, DocumentSink documents)
    {
        var found = new List<(string, YamlMapping)>();
        foreach (var named in documents.Named(source))
        {
            documents.TakeIn(this, named.Path, at);
            if (GitLabReader.Root(named.Yaml.Documents) is { } root) found.Add((named.Path, root));
        }
        return found;
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
