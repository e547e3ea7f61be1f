using System.Collections.Immutable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitLab;

/// <summary>Reads GitLab CI files. What is missing or of the wrong shape is left out: rules say what is wrong with it.</summary>
public static class GitLabReader
{
    // docs.gitlab.com, "CI/CD YAML syntax reference: keywords": names that cannot be a job's
    private static readonly HashSet<string> s_global = new(StringComparer.Ordinal)
    {
        "default", "image", "services", "stages", "types", "before_script", "after_script", "variables", "cache", "include", "workflow", "spec",
    };

    // the platform's own order where no stages are named
    internal static readonly IReadOnlyList<string> DefaultStages = ["build", UsualStage, "deploy"];

    // docs.gitlab.com, "CI/CD YAML syntax reference: stage": of a job that names none
    internal const string UsualStage = "test";

    /// <summary>The document that holds the jobs: the second where a header (<c>spec:</c>) stands before it, with the defaults of the inputs that the header declares.</summary>
    public static YamlMapping? Root(IReadOnlyList<YamlNode?> documents) =>
        documents is [YamlMapping header, var second, ..] && header.Find("spec") is not null ? GitLabInputs.Filled(header, second) as YamlMapping : documents is [var first, ..] ? first as YamlMapping : null;

    /// <summary>Whether a key of the file is a keyword and cannot be a job's name.</summary>
    internal static bool IsGlobal(string key) => s_global.Contains(key);

    /// <summary>Whether a job never runs by itself, and may hold anything that others refer to.</summary>
    internal static bool IsHidden(string key) => key.StartsWith('.');

    /// <summary>Whether a mapping has what only a GitLab CI file has: a job with a script or a trigger, or an include.</summary>
    public static bool LooksLike(YamlMapping root) =>
        root.Find("include") is not null && root.Find("apiVersion") is null
        || root.Entries.Any(e => !s_global.Contains(e.Key.Value) && e.Value is YamlMapping job && IsToldJob(job));

    // a workflow of GitHub has `defaults: run:`, and its jobs may have any of these names
    private static bool IsToldJob(YamlMapping job) =>
        job.Get("script") is YamlScalar or YamlSequence || job.Get("extends") is YamlScalar or YamlSequence || job.Get("run") is YamlSequence
        || job.Get("trigger") is YamlScalar || job.Get("trigger") is YamlMapping trigger && (trigger.Find("include") ?? trigger.Find("project")) is not null;

    /// <param name="path">Relative to the repository.</param>
    /// <param name="open">Gives the jobs' mapping of each file of the repository that a path with wildcards names, which is named at a place of this one; null takes nothing in.</param>
    /// <param name="withJobs">Whether the jobs of those files are read as this one's; else they stay with their own file.</param>
    public static GitLabPipeline Read(string path, YamlText text, YamlMapping root, Func<string, TextRange, IEnumerable<(string Path, YamlMapping Root)>>? open = null, bool withJobs = false)
    {
        var missed = open is not null && withJobs ? new List<Inclusion>() : null;
        var whole = open is null ? root : GitLabLocalIncludes.Whole(root, open, missed);
        if (missed is not null) root = whole;
        var settings = new GitLabSettings(whole);
        var jobs = Jobs(root).ToList();
        var stages = Stages(whole, settings, jobs);
        var kinds = GitLabConditions.OfWorkflow(whole, settings);
        var reader = new GitLabJobReader(text, settings, [.. stages.Select(s => s.Name)], kinds);
        var read = reader.ReadAll(jobs.Where(j => !IsHidden(j.Key.Value)));
        var templates = reader.ReadAll(jobs.Where(j => IsHidden(j.Key.Value)));
        var pipeline = new Pipeline
        {
            Platform = Platform.GitLab,
            Path = path,
            Text = text,
            Root = root,
            Range = root.Entries is [var first, ..] ? first.Key.Range : root.Range,
            Name = root.Get("workflow").Text("name"),
            Triggers = Triggers(root, kinds, read),
            Variables = GitLabJobReader.Variables(root.Get("variables")),
            Stages = stages,
            Jobs = [.. read.Select(j => j.Job)],
            Inclusions = missed ?? [.. GitLabIncludes.Read(root)],
        };
        return new(pipeline, root, read, templates) { Children = [.. GitLabIncludes.Triggered(root).Where(i => !i.Remote)] };
    }

    private static IEnumerable<YamlEntry> Jobs(YamlMapping root) =>
        root.Entries().Where(e => !s_global.Contains(e.Key.Value) && e.Value is YamlMapping job && (IsHidden(e.Key.Value) || IsJob(job) || e.Key.Value == "pages"));

    private static bool IsJob(YamlMapping job) =>
        job.Entry("script") is not null || job.Entry("trigger") is not null || job.Entry("extends") is not null || job.Entry("run") is not null;

    private static IReadOnlyList<Stage> Stages(YamlMapping root, GitLabSettings settings, IReadOnlyList<YamlEntry> jobs)
    {
        if ((root.Entry("stages") ?? root.Entry("types")) is { } entry)
            return [.. settings.Lines(entry.Value).Select(s => new Stage(s.Value, s.Range))];
        var used = jobs.Select(j => (j.Value.Text("stage") ?? UsualStage, j.Key.Range)).DistinctBy(j => j.Item1).ToDictionary(j => j.Item1, j => j.Range);
        return [.. DefaultStages.Where(used.ContainsKey).Select(s => new Stage(s, used[s]))];
    }

    private static ImmutableArray<Trigger> Triggers(YamlMapping root, TriggerKinds kinds, IReadOnlyList<GitLabJob> jobs)
    {
        var range = root.Entry("workflow")?.Key.Range ?? (root.Entries is [var first, ..] ? first.Key.Range : root.Range);
        var some = jobs.Aggregate(TriggerKinds.None, (all, j) => all | j.Job.Triggers) & kinds;
        return [.. GitLabConditions.Sources.Where(s => some.HasFlag(s.Kind)).Select(s => new Trigger(s.Kind, s.Name, range, root.Get("workflow")))];
    }
}
