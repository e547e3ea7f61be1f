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
using Signalbox.Pipelines.Portable;
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
        var (problems, documents) = (document.Problems, (IReadOnlyList<YamlNode?>)[document.Root]);
        // a header of GitLab's stands before its jobs
        if (document.Root is YamlMapping header && header.Find("spec") is not null && YamlReader.ReadAll(document.Text) is var all && all.Documents.Count > 1) (problems, documents) = (all.Problems, all.Documents);
        if (problems.Count > 0 || GitLabReader.Root(documents) is not { } root)
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("pipeline-unreadable", problems is [var problem, ..] ? problem.Message : "the file holds no mapping", new(path), "signalbox audit ."));
        var (jobs, missed) = Jobs(path, document.Text, root, documents);
        var asked = Asked(jobs, session.Get(RunOptionSet.Jobs) ?? []);
        var notRun = missed.Where(not => not.Job == ForeignJobs.All || asked.Contains(not.Job)).ToList();
        var findings = notRun.Select(not => not.IsAside
            ? new Finding("run-otherwise", Severity.Warning, $"{not.Job}: {not.What}", [At(path, document.Text, not.Range)])
            : new Finding("run-not-here", skip ? Severity.Warning : Severity.Error, $"{not.Job}: {not.What}", [At(path, document.Text, not.Range)], "signalbox run --skip-unknown")).ToList();
        if (findings.Any(finding => finding.Severity == Severity.Error)) throw new SignalboxException(ExitCode.No, findings);
        if (!session.Json) FindingText.Write(session.Error, findings, Terminal.Screen.ErrorPaint.On);
        // what the whole file lacks each of its jobs may lack
        var gaps = new Dictionary<string, string>();
        foreach (var job in jobs)
            if (notRun.Where(not => !not.IsAside && (not.Job == job.Name || not.Job == ForeignJobs.All)).Select(not => not.What).Distinct().ToList() is { Count: > 0 } lacking)
                gaps[job.Name] = $"not done here: {string.Join("; ", lacking)}";
        if (jobs.Count == 0) throw new SignalboxException(ExitCode.No, Finding.Error("pipeline-missing", "the file has no jobs", new(path), "signalbox run --file .github/workflows/ci.yml"));
        var files = jobs.Any(job => job.Outputs is not null) ? await RunSetup.FilesAsync(DirectoryOf(path), session.Cancel).ConfigureAwait(false) : [];
        return new(path, DirectoryOf(path), null, [.. jobs.Select(job => MakesSources(job, files) ? job with { Outputs = null } : job)]) { Foreign = true, Gaps = gaps, Warnings = [.. findings.Select(finding => finding.Message)] };
    }

    /// <summary>The jobs that are to be run: those that are named, else all that nobody has to start, and what they need.</summary>
    private static HashSet<string> Asked(IReadOnlyList<Delivery.PipelineJob> jobs, string[] named)
    {
        var asked = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(named.Length > 0 ? named : jobs.Where(job => job.When != Delivery.JobWhen.Manual).Select(job => job.Name));
        while (open.TryPop(out var name))
            if (asked.Add(name))
                foreach (var need in jobs.FirstOrDefault(job => job.Name == name)?.Needs ?? []) open.Push(need);
        return asked;
    }

    /// <summary>Whether what a job keeps is part of the source: then a change of it is one of what the job reads.</summary>
    private static bool MakesSources(Delivery.PipelineJob job, IReadOnlyList<string> files)
    {
        var outputs = (job.Outputs ?? []).Select(Delivery.PathGlob.Parse).ToList();
        return outputs.Count > 0 && files.Any(file => outputs.Exists(glob => glob.Matches(file)));
    }

    /// <summary>Whether all of a file is what <c>design</c> last wrote for its platform.</summary>
    private static bool IsDesigned(string path, YamlText text, Platform platform) => new DesignFiles(DirectoryOf(path)).LastWritten(ConvertVerb.Word(platform)) == text.Content;

    private static (IReadOnlyList<Delivery.PipelineJob> Jobs, IReadOnlyList<NotRunHere> NotRun) Jobs(string path, YamlText text, YamlMapping root, IReadOnlyList<YamlNode?> documents)
    {
        var log = new CarriageLog();
        if (root.Get("jobs") is YamlMapping)
        {
            var workflow = GitHubReader.ReadWorkflow(path, text, root);
            return ForeignJobs.Of(workflow.Pipeline, GitHubImport.Read(workflow, log), log.Notes, new HashSet<string>(), IsInstalled, IsDesigned(path, text, Platform.GitHubActions));
        }
        if (!GitLabReader.LooksLike(root))
            throw new SignalboxException(ExitCode.No, Finding.Error("pipeline-foreign", "the file is no pipeline that is run here; expected a signalbox.yaml, a GitHub workflow or a GitLab CI file", new(path), "signalbox run --file .github/workflows/ci.yml"));
        GitLabInputs.Say(documents, log);
        var read = GitLabReader.Read(path, text, root);
        var parts = read.Jobs.Where(job => !job.Complete).Select(job => job.Job.Id).ToHashSet(StringComparer.Ordinal);
        return ForeignJobs.Of(read.Pipeline, GitLabImport.Read(read, log), log.Notes, parts, IsInstalled, IsDesigned(path, text, Platform.GitLab));

        bool IsInstalled(string program) => ProgramPath.Find(program, DirectoryOf(path), RunSetup.Host(), out _) is not null;
    }

    /// <summary>Workflows lie in <c>.github/workflows</c> of the directory they run in; any other file runs at the top of its work tree, wherever it lies.</summary>
    public static string DirectoryOf(string path)
    {
        var directory = new FileInfo(Path.GetFullPath(path)).Directory!;
        if (directory is { Name: "workflows", Parent: { Name: ".github", Parent: { } above } }) return above.FullName;
        var top = directory;
        while (top is not null && !Path.Exists(Path.Combine(top.FullName, ".git"))) top = top.Parent;
        return (top ?? directory).FullName;
    }

    private static Location At(string path, YamlText text, TextRange range)
    {
        var before = text.Content.AsSpan(0, Math.Min(range.Start, text.Content.Length));
        var line = before.Count('\n') + 1;
        var column = before.Length - (before.LastIndexOf('\n') + 1) + 1;
        return new(path, line, column, Math.Max(1, Math.Min(range.Length, (text.Line(line)?.Length ?? 1) - column + 1)), text.Line(line), "not run here");
    }
}
