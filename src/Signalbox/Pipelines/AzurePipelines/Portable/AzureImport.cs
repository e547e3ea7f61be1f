using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.AzurePipelines.Portable;

/// <summary>An Azure Pipelines file's meaning (learn.microsoft.com, "YAML schema reference for Azure Pipelines").</summary>
public static class AzureImport
{
    // what the model holds; anything else at that place is said to be left
    private static readonly string[] s_rootKeys = ["name", "trigger", "pr", "schedules", "variables", "stages", "jobs", "steps", "pool", "parameters", "resources", "lockBehavior", "strategy", "container", "services", "extends", "timeoutInMinutes", "displayName"];

    /// <summary>Reads the whole; what has no portable meaning is said in <paramref name="log"/>.</summary>
    public static PortablePipeline Read(AzurePipeline azure, CarriageLog log)
    {
        var (pipeline, root) = (azure.Pipeline, azure.Root);
        foreach (var entry in root.Entries().Where(e => !s_rootKeys.Contains(e.Key.Value))) log.Left(entry.Range, $"{entry.Key.Value}: is not carried");
        // a template of steps is a step that only Azure has
        var steps = pipeline.Uses.Select(u => u.Range).ToHashSet();
        foreach (var inclusion in pipeline.Inclusions.Where(i => i.Remote || !steps.Contains(i.Range))) log.Left(inclusion.Range, $"the template {inclusion.Source} is not carried", "bring what it holds into the file");
        foreach (var resource in root.Get("resources").Entries().Where(e => e.Key.Value is not ("containers" or "repositories"))) log.Left(resource.Range, $"resources: {resource.Key.Value}: is not carried");
        foreach (var odd in root.Get("parameters").Items().Where(p => p.Text("type") is not (null or "string" or "boolean" or "number"))) log.Left(odd.Range, $"the parameter {odd.Text("name")} of the type {odd.Text("type")} is not carried");
        foreach (var schedule in root.Get("schedules").Items().Where(s => s.Get("branches") is not null)) log.Changed(schedule.Range, "the schedule runs for the main branch alone");
        foreach (var schedule in root.Get("schedules").Items().Where(s => s.Boolean("always") != true)) log.Changed(schedule.Range, "the schedule also runs where nothing has changed since its last run", "schedules: always: true says so on Azure, too", Concern.Start);
        if (root.Get("pr").Entry("drafts") is { } drafts && drafts.Value.Boolean() == false) log.Left(drafts.Range, "drafts: of pr is not carried: a draft starts it, too", "a condition on the change", Concern.Start);
        if (pipeline.Concurrency is { } one) log.Changed(one.Range, "one run of the whole pipeline at a time, and not of what an exclusive lock is on", concern: Concern.Start);
        Elsewhere(root.Get("variables"), log);
        var stages = AzureStages.Of(root);
        var declared = pipeline.Variables.Concat(pipeline.Jobs.SelectMany(j => j.Variables.Concat(AzureJobReader.Variables(stages.Owner(j.Node!).Get("variables"))))).Select(v => v.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var reader = new AzureJobImport(root, stages, AzureInsertions.Of(root, log), declared, pipeline, log);
        return Compared.ByName(ArtifactRoot.Placed(new()
        {
            Name = root.Text("name") is { } name && !name.Contains('$') ? name : null,
            Triggers = [.. pipeline.Triggers.Select(t => Trigger(t, log)).OfType<PortableTrigger>()],
            Inputs = [.. root.Get("parameters").Items().Where(p => p.Text("name") is not null).Select(Input)],
            Variables = Variables(pipeline.Variables, new(declared, new HashSet<string>())),
            Concurrency = pipeline.Concurrency is { } locks ? new(null, false, locks.Range) : null,
            Jobs = reader.ReadAll(pipeline.Jobs),
        }), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Says which variables are kept elsewhere than in the file.</summary>
    internal static void Elsewhere(YamlNode? variables, CarriageLog log)
    {
        foreach (var group in variables.Items().Where(v => v.Get("group") is not null)) log.Left(group.Range, $"the variable group {group.Text("group")} is not carried", "keep its values in the other platform's settings");
        foreach (var template in variables.Items().Where(v => v.Get("template") is not null)) log.Left(template.Range, $"the variables of {template.Text("template")} are not carried", "bring them into the file");
    }

    internal static IReadOnlyList<PortableVariable> Variables(IEnumerable<Variable> variables, AzureReferences references) =>
        [.. variables.Where(v => v.Value is not null || v.Node is YamlScalar).Select(v => new PortableVariable(v.Name, references.Value(v.Value ?? ""), v.Range))];

    private static PortableInput Input(YamlNode node) => new(
        node.Text("name")!, node.Text("displayName"), false, node.Text("default"), [.. node.Get("values").Items().Select(v => v.Text()).OfType<string>()], node.Text("type") == "boolean", node.Range);

    private static PortableTrigger? Trigger(Trigger trigger, CarriageLog log)
    {
        var node = trigger.Node;
        switch (trigger.Name)
        {
            case "trigger": return AzureTriggerImport.Push(node, trigger.Range, log);
            case "pr": return AzureTriggerImport.Change(node, trigger.Range);
            case "schedules": return new(PortableEvent.Schedule) { Tags = [], Crons = [.. node.Items().Select(s => s.Text("cron")).OfType<string>()], Source = trigger.Range };
            case "manual": return new(PortableEvent.Manual) { Tags = [], Source = trigger.Range };
            case "template": return new(PortableEvent.Called) { Tags = [], Source = trigger.Range };
            default: log.Left(trigger.Range, $"the trigger {trigger.Name} is not carried", "start it from the other pipeline"); return null;
        }
    }
}

/// <summary>The stage that each job's mapping stands in.</summary>
internal sealed class AzureStages
{
    private readonly Dictionary<YamlMapping, YamlMapping> _owners = new(ReferenceEqualityComparer.Instance);

    public static AzureStages Of(YamlMapping root)
    {
        var stages = new AzureStages();
        var body = root.Get("extends") is YamlMapping extends ? extends.Mapping("parameters") ?? extends : root;
        foreach (var stage in AzureList.Of(body.Get("stages")))
            foreach (var job in AzureList.Of(stage.Node.Get("jobs"))) stages._owners[job.Node] = stage.Node;
        return stages;
    }

    public YamlMapping? Owner(YamlMapping job) => _owners.GetValueOrDefault(job);
}
