using System.Collections.Immutable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.AzurePipelines;

/// <summary>Reads Azure Pipelines files and templates. What is missing or of the wrong shape is left out.</summary>
public static class AzureReader
{
    /// <summary>Whether a mapping has the shape of a pipeline or a template: lists of mappings, which are named by what they are.</summary>
    public static bool LooksLike(YamlMapping root) =>
        Holds(root, "stages", "stage", "template") || Holds(root, "jobs", "job", "deployment", "template") || Holds(root, "steps", AzureStepReader.Kinds) || root.Get("extends") is YamlMapping;

    // what stands in `${{ … }}` may be any of them; other platforms have lists of these names, too, of texts or of other mappings
    private static bool Holds(YamlMapping root, string list, params string[] kinds) => root.Find(list)?.Value is YamlSequence items && items.Items.Any(item => item switch
    {
        YamlMapping map => map.Entries.Any(e => e.Key.Value.StartsWith("${{", StringComparison.Ordinal)) || kinds.Any(k => map.Find(k) is not null),
        YamlScalar text => text.Value.StartsWith("${{", StringComparison.Ordinal),
        _ => false,
    });

    /// <param name="path">Relative to the repository.</param>
    /// <param name="open">Gives the mapping of a file of the repository that is named at a place of this one, or null; where it is null nothing is taken in.</param>
    /// <param name="instead">Whether what a template holds stands in the place where it is named; else behind it.</param>
    /// <param name="takenIn">Whether another file is known to take it in: then it is a template, whatever it says.</param>
    public static AzurePipeline Read(string path, YamlText text, YamlMapping written, Func<string, TextRange, YamlMapping?>? open = null, bool takenIn = false, bool instead = false)
    {
        var root = open is null ? written : new AzureTemplates(open, instead).Whole(written, path.Contains('/') ? path[..path.LastIndexOf('/')] : "");
        var template = takenIn || root.Find("trigger") is null && root.Find("pr") is null && root.Find("pool") is null && root.Find("resources") is null && root.Get("parameters") is not null
            && root.Find("extends") is null && root.Find("schedules") is null;
        var triggers = template ? [new(TriggerKinds.Called, "template", root.Entries[0].Key.Range)] : AzureTriggers.Read(root);
        var inclusions = new List<Inclusion>();
        var kinds = triggers.Aggregate(TriggerKinds.None, (all, t) => all | t.Kind);
        var body = root.Get("extends") is YamlMapping extends ? Extended(extends, root, inclusions) : root;
        var jobs = new AzureJobReader(text, root, kinds, inclusions, template || root.Find("extends") is not null).ReadAll(body);
        var pipeline = new Pipeline
        {
            Platform = Platform.AzurePipelines,
            Path = path,
            Text = text,
            Root = root,
            Range = root.Entries is [var first, ..] ? first.Key.Range : root.Range,
            Name = root.Text("name"),
            Triggers = triggers,
            Variables = AzureJobReader.Variables(root.Get("variables")),
            Stages = [.. AzureList.Of(body.Get("stages")).Where(s => s.Node.Get("stage") is YamlScalar).Select(s => new Stage(s.Node.Text("stage") ?? "", s.Node.Get("stage")!.Range))],
            Jobs = jobs,
            Inclusions = inclusions,
            Concurrency = AzureJobReader.Lock(root),
        };
        return new(pipeline, root, template, root.Get("pr") is not null && root.Text("pr") != "none");
    }

    /// <summary>A template that is extended takes stages, jobs or steps as parameters.</summary>
    private static YamlMapping Extended(YamlMapping extends, YamlMapping root, List<Inclusion> inclusions)
    {
        if (extends.Get("template") is YamlScalar template) inclusions.Add(AzureInclusion.Of(template, root));
        return extends.Mapping("parameters") ?? extends;
    }
}

internal static class AzureInclusion
{
    /// <summary><c>file.yml@alias</c> names a file of a repository resource; <c>@self</c> and nothing this one's.</summary>
    public static Inclusion Of(YamlScalar template, YamlMapping root)
    {
        var at = template.Value.LastIndexOf('@');
        var alias = at < 0 ? "self" : template.Value[(at + 1)..];
        if (alias == "self") return new(at < 0 ? template.Value : template.Value[..at], null, false, template.Range, template);
        var resource = root.Get("resources", "repositories").Items().FirstOrDefault(r => r.Text("repository") == alias);
        return new($"{resource.Text("name") ?? alias}:{template.Value[..at]}", resource.Text("ref"), true, template.Range, template);
    }
}

internal static class AzureTriggers
{
    public static ImmutableArray<Trigger> Read(YamlMapping root)
    {
        var found = new List<Trigger>();
        var start = root.Entries is [var first, ..] ? first.Key.Range : root.Range;
        var trigger = root.Entry("trigger");
        if (!IsNone(trigger)) found.Add(new(Push(trigger?.Value), "trigger", trigger?.Key.Range ?? start, trigger?.Value));
        var pr = root.Entry("pr");
        if (!IsNone(pr)) found.Add(new(TriggerKinds.PullRequest, "pr", pr?.Key.Range ?? start, pr?.Value));
        if (root.Entry("schedules") is { } schedules) found.Add(new(TriggerKinds.Schedule, "schedules", schedules.Key.Range, schedules.Value));
        foreach (var pipeline in root.Get("resources", "pipelines").Items())
            if (pipeline.Entry("trigger") is { } by && !IsNone(by)) found.Add(new(TriggerKinds.Called, "pipeline", by.Key.Range, by.Value));
        found.Add(new(TriggerKinds.Manual, "manual", start));
        return [.. found];
    }

    private static bool IsNone(YamlEntry? entry) => entry?.Value.Text() == "none";

    // without tags only branches start it; without branches beside tags only tags do
    private static TriggerKinds Push(YamlNode? trigger) => (trigger.Get("tags"), trigger.Get("branches")) switch
    {
        (null, _) => TriggerKinds.Push,
        (_, null) => TriggerKinds.Release,
        _ => TriggerKinds.Push | TriggerKinds.Release,
    };
}
