using System.Collections.Immutable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitHubActions;

/// <summary>Reads workflows and actions. What is missing or of the wrong shape is left out: rules say what is wrong with it.</summary>
public static class GitHubReader
{
    /// <param name="path">Relative to the repository.</param>
    public static GitHubWorkflow ReadWorkflow(string path, YamlText text, YamlMapping root)
    {
        var on = root.Entry("on") ?? root.Entry("true");
        var triggers = TriggerReader.Read(on);
        var pipeline = new Pipeline
        {
            Platform = Platform.GitHubActions,
            Path = path,
            Text = text,
            Root = root,
            Range = (root.Entry("name") ?? on ?? (root.Entries.Count > 0 ? root.Entries[0] : null))?.Key.Range ?? root.Range,
            Name = root.Text("name"),
            Triggers = triggers,
            Permissions = PermissionReader.Read(root.Entry("permissions")),
            Variables = GitHubJobReader.Variables(root.Get("env")),
            Concurrency = GitHubJobReader.ReadConcurrency(root.Entry("concurrency")),
        };
        var reader = new GitHubJobReader(pipeline, root.Get("defaults", "run").Text("shell"));
        return new(pipeline with { Jobs = reader.ReadAll(root.Get("jobs")) }, root);
    }

    /// <summary>The variables of the whole workflow.</summary>
    public static ImmutableArray<Variable> Environment(YamlMapping root) => GitHubJobReader.Variables(root.Get("env"));

    /// <param name="path">Relative to the repository.</param>
    public static GitHubAction ReadAction(string path, YamlText text, YamlMapping root)
    {
        var fragment = new Pipeline { Platform = Platform.GitHubActions, Path = path, Text = text, Root = root, Range = root.Entry("name")?.Key.Range ?? root.Range, Name = root.Text("name") };
        var runs = root.Entry("runs");
        if (runs?.Value.Get("steps") is not YamlSequence steps) return new(fragment, root);
        var job = new Job
        {
            Id = "runs",
            Range = runs.Key.Range,
            Body = runs.Range,
            Node = runs.Value as YamlMapping,
            Triggers = TriggerKinds.Called,
            Steps = new StepReader(text, null).ReadAll(steps),
        };
        return new(fragment with { Jobs = [job] }, root);
    }
}
