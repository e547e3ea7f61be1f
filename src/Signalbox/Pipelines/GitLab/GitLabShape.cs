using Signalbox.Pipelines.Shapes;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitLab;

/// <summary>
/// What GitLab takes as a job: its keywords (docs.gitlab.com, "CI/CD YAML syntax reference", and the schema of GitLab's own editor,
/// app/assets/javascripts/editor/schema/ci.json), that it has something to do, and a stage that is there. Hidden jobs may hold anything.
/// </summary>
internal static class GitLabShape
{
    private static readonly HashSet<string> s_keywords = new(StringComparer.Ordinal)
    {
        "after_script", "allow_failure", "artifacts", "before_script", "cache", "coverage", "dast_configuration", "dependencies", "environment", "except", "extends", "hooks",
        "id_tokens", "identity", "image", "inherit", "inputs", "interruptible", "manual_confirmation", "needs", "only", "pages", "parallel", "publish", "release",
        "resource_group", "retry", "rules", "run", "script", "secrets", "services", "stage", "start_in", "tags", "timeout", "trigger", "type", "variables", "when",
    };

    // a release or a Pages site alone makes no job
    private static readonly string[] s_work = ["script", "run", "trigger"];

    // docs.gitlab.com, "stages": those that are always there
    private static readonly string[] s_always = [".pre", ".post"];

    /// <param name="whole">Whether nothing that the jobs need lies in another file.</param>
    public static IEnumerable<ShapeProblem> Check(GitLabPipeline pipeline, bool whole)
    {
        var written = pipeline.Root.Entries.Where(e => !GitLabReader.IsHidden(e.Key.Value) && !GitLabReader.IsGlobal(e.Key.Value)).ToList();
        foreach (var entry in written)
            if (entry.Value is YamlMapping own)
                foreach (var key in own.Entries.Where(e => !s_keywords.Contains(e.Key.Value) && e.Key.Value != "<<"))
                    yield return new(key.Key.Range, $"'{YamlQuote.Short(key.Key.Value)}' is no keyword of a job; {ShapeCheck.Expected(key.Key.Value, s_keywords)}");
        if (!whole) yield break;
        foreach (var entry in written.Where(e => e.Key.Value != "<<" && e.Value.Tag is null))
            if (entry.Value is not YamlMapping own || s_work.Append("extends").All(w => own.Entry(w) is null))
                yield return new(entry.Key.Range, Idle(entry.Key.Value));
        var stages = pipeline.StageNames.ToHashSet(StringComparer.Ordinal);
        foreach (var job in pipeline.Jobs.Where(j => j.Complete))
        {
            if (s_work.All(w => job.Settings.Entry(w) is null)) yield return new(job.Job.Range, Idle(job.Job.Id));
            if (job.Settings.Entry("stage") is { Value: YamlScalar { IsNull: false, Value: var stage } } at && !stage.Contains('$') && !stages.Contains(stage) && !s_always.Contains(stage))
                yield return new(at.Value.Range, $"job '{YamlQuote.Short(job.Job.Id)}' is in the stage '{YamlQuote.Short(stage)}'; {ShapeCheck.Expected(stage, stages)}");
            else if (job.Settings.Entry("stage") is null && !stages.Contains(GitLabReader.UsualStage))
                yield return new(job.Job.Range, $"job '{YamlQuote.Short(job.Job.Id)}' names no stage, and the file has none called {GitLabReader.UsualStage}; {ShapeCheck.Expected("", stages) ?? "expected one"}");
        }
    }

    private static string Idle(string job) => $"job '{YamlQuote.Short(job)}' has nothing to do; expected script, run or trigger";
}
