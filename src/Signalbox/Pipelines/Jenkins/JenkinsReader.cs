using System.Collections.Immutable;
using Signalbox.Pipelines.Jenkins.Groovy;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Jenkins;

/// <summary>Reads Jenkinsfiles, declarative and scripted. What cannot be read is left out.</summary>
public static class JenkinsReader
{
    /// <param name="path">Relative to the repository.</param>
    public static JenkinsPipeline Read(string path, YamlText text)
    {
        var root = GroovyParser.Parse(text.Content);
        var declarative = root.Call("pipeline") is { Block: not null } pipeline ? pipeline : null;
        var shell = new Pipeline { Platform = Platform.Jenkins, Path = path, Text = text, Range = declarative?.NameRange ?? (root.Statements is [var first, ..] ? first.Range : new(0, 0)) };
        var assigned = JenkinsVariables.Read(root);
        var walk = new JenkinsWalk(text, assigned);
        if (declarative is not null) walk.Declarative(declarative.Block!);
        else walk.Scripted(root);
        var jobs = walk.Jobs(Kinds(text, declarative?.Block));
        var read = shell with
        {
            Triggers = Triggers(text, declarative?.Block, shell.Range),
            Stages = [.. jobs.Select(j => j.Job.Stage is { } stage ? new Stage(stage, j.Job.Range) : null).OfType<Stage>().DistinctBy(s => s.Name)],
            Jobs = [.. jobs.Select(j => j.Job)],
            Inclusions = [.. JenkinsLibraries.Read(root)],
            Concurrency = declarative?.Block?.Call("options")?.Block?.Call("disableConcurrentBuilds") is { } one ? new(null, one.Named("abortPrevious") is GroovyName { Path: "true" }, one.Range) : null,
        };
        return new(read, root, declarative is not null, [.. jobs.SelectMany(j => j.Steps)], walk.Agents, assigned, JenkinsVariables.Parameters(root));
    }

    /// <summary>A branch's build, and a pull request's only where the file shows that it knows of them.</summary>
    private static TriggerKinds Kinds(YamlText text, GroovyBlock? declarative)
    {
        var kinds = TriggerKinds.Push | TriggerKinds.Manual;
        if (text.Content.Contains("CHANGE_", StringComparison.Ordinal) || text.Content.Contains("changeRequest", StringComparison.Ordinal)) kinds |= TriggerKinds.PullRequest;
        if (declarative?.Call("triggers")?.Block?.Call("cron") is not null) kinds |= TriggerKinds.Schedule;
        return kinds;
    }

    private static ImmutableArray<Trigger> Triggers(YamlText text, GroovyBlock? declarative, TextRange range)
    {
        var kinds = Kinds(text, declarative);
        (TriggerKinds, string)[] names = [(TriggerKinds.Push, "branch"), (TriggerKinds.PullRequest, "change request"), (TriggerKinds.Schedule, "cron"), (TriggerKinds.Manual, "manual")];
        return [.. names.Where(n => kinds.HasFlag(n.Item1)).Select(n => new Trigger(n.Item1, n.Item2, declarative?.Call("triggers")?.NameRange ?? range))];
    }
}
