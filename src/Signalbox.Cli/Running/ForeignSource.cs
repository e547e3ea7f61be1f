using Signalbox.Cli.Designing;
using Signalbox.Cli.Verbs;
using Signalbox.Diagnostics;
using Signalbox.Host.Posix;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Pipelines.GitHubActions.Portable;
using Signalbox.Pipelines.GitLab;
using Signalbox.Pipelines.GitLab.Portable;
using Signalbox.Pipelines.Local;
using Signalbox.Yaml;

namespace Signalbox.Cli.Running;

/// <summary>A GitHub workflow or a GitLab CI file as something to run here.</summary>
internal static class ForeignSource
{
    /// <summary>Whether a file is one of another platform: by its name, and because it is not said to be Signalbox's.</summary>
    public static bool Is(string path) => System.IO.File.Exists(path) && Path.GetFileName(path) != Delivery.DeliveryFileReader.DefaultName && Path.GetExtension(path) is ".yml" or ".yaml"
        && !System.IO.File.ReadLines(path).Any(line => line.StartsWith("apiVersion:", StringComparison.Ordinal) && line.Contains("signalbox/", StringComparison.Ordinal));

    /// <param name="skip">Whether what cannot be run is left out; else it is refused before anything runs.</param>
    /// <exception cref="SignalboxException">It cannot be read, or holds what cannot be run here.</exception>
    public static async Task<RunSource> ReadAsync(string path, bool skip, Session session)
    {
        var document = YamlReader.ReadFile(path);
        if (document.Problems.Count > 0 || document.Root is not YamlMapping root)
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("pipeline-unreadable", document.Problems is [var problem, ..] ? problem.Message : "the file holds no mapping", new(path), "signalbox audit ."));
        var (jobs, notRun) = Jobs(path, document.Text, root);
        var findings = notRun.Select(not => new Finding("run-not-here", skip ? Severity.Warning : Severity.Error, $"{not.Job}: {not.What}", [At(path, document.Text, not.Range)], "signalbox run --skip-unknown")).ToList();
        if (findings.Count > 0 && !skip) throw new SignalboxException(ExitCode.No, findings);
        if (!session.Json) FindingText.Write(session.Error, findings, Terminal.Screen.ErrorPaint.On);
        var gaps = notRun.GroupBy(not => not.Job).ToDictionary(job => job.Key, job => $"not done here: {string.Join("; ", job.Select(not => not.What))}");
        if (jobs.Count == 0) throw new SignalboxException(ExitCode.No, Finding.Error("pipeline-missing", "the file has no jobs", new(path), "signalbox run --file .github/workflows/ci.yml"));
        var files = jobs.Any(job => job.Outputs is not null) ? await RunSetup.FilesAsync(DirectoryOf(path), session.Cancel).ConfigureAwait(false) : [];
        return new(path, DirectoryOf(path), null, [.. jobs.Select(job => MakesSources(job, files) ? job with { Outputs = null } : job)]) { Foreign = true, Gaps = gaps };
    }

    /// <summary>Whether what a job keeps is part of the source: then a change of it is one of what the job reads.</summary>
    private static bool MakesSources(Delivery.PipelineJob job, IReadOnlyList<string> files)
    {
        var outputs = (job.Outputs ?? []).Select(Delivery.PathGlob.Parse).ToList();
        return outputs.Count > 0 && files.Any(file => outputs.Exists(glob => glob.Matches(file)));
    }

    /// <summary>Whether all of a file is what <c>design</c> last wrote for its platform.</summary>
    private static bool IsDesigned(string path, YamlText text, Platform platform) => new DesignFiles(DirectoryOf(path)).LastWritten(ConvertVerb.Word(platform)) == text.Content;

    private static (IReadOnlyList<Delivery.PipelineJob> Jobs, IReadOnlyList<NotRunHere> NotRun) Jobs(string path, YamlText text, YamlMapping root)
    {
        if (root.Entry("jobs") is not null)
        {
            var workflow = GitHubReader.ReadWorkflow(path, text, root);
            return ForeignJobs.Of(workflow.Pipeline, GitHubImport.Read(workflow, new()), IsInstalled, IsDesigned(path, text, Platform.GitHubActions));
        }
        if (!GitLabReader.LooksLike(root))
            throw new SignalboxException(ExitCode.No, Finding.Error("pipeline-foreign", "the file is no pipeline that is run here; expected a signalbox.yaml, a GitHub workflow or a GitLab CI file", new(path), "signalbox run --file .github/workflows/ci.yml"));
        var read = GitLabReader.Read(path, text, root);
        return ForeignJobs.Of(read.Pipeline, GitLabImport.Read(read, new()), IsInstalled, IsDesigned(path, text, Platform.GitLab));

        bool IsInstalled(string program) => ProgramPath.Find(program, DirectoryOf(path), RunSetup.Host(), out _) is not null;
    }

    /// <summary>Workflows lie in <c>.github/workflows</c> of the directory they run in.</summary>
    public static string DirectoryOf(string path)
    {
        var directory = new FileInfo(Path.GetFullPath(path)).Directory!;
        return directory is { Name: "workflows", Parent: { Name: ".github", Parent: { } top } } ? top.FullName : directory.FullName;
    }

    private static Location At(string path, YamlText text, TextRange range)
    {
        var before = text.Content.AsSpan(0, Math.Min(range.Start, text.Content.Length));
        var line = before.Count('\n') + 1;
        var column = before.Length - (before.LastIndexOf('\n') + 1) + 1;
        return new(path, line, column, Math.Max(1, Math.Min(range.Length, (text.Line(line)?.Length ?? 1) - column + 1)), text.Line(line), "not run here");
    }
}
