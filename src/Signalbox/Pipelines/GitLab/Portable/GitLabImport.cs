using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitLab.Portable;

/// <summary>A GitLab CI file's meaning (docs.gitlab.com, "CI/CD YAML syntax reference").</summary>
public static class GitLabImport
{
    /// <summary>Reads the whole; what has no portable meaning is said in <paramref name="log"/>.</summary>
    public static PortablePipeline Read(GitLabPipeline gitlab, CarriageLog log)
    {
        var (pipeline, root) = (gitlab.Pipeline, gitlab.Root);
        foreach (var inclusion in pipeline.Inclusions) log.Left(inclusion.Range, $"the included {inclusion.Source} is not carried", "bring what it holds into the file");
        foreach (var entry in root.Entries().Where(e => e.Key.Value is "pages" or "spec" && !gitlab.Jobs.Any(j => j.Job.Id == e.Key.Value))) log.Left(entry.Range, $"{entry.Key.Value}: is not carried");
        var settings = new GitLabSettings(root);
        var inputs = root.Get("variables").Entries().Where(e => e.Value.Get("description") is not null).ToList();
        var declared = pipeline.Variables.Select(v => v.Name).Concat(pipeline.Jobs.SelectMany(j => j.Variables.Select(v => v.Name))).ToHashSet(StringComparer.Ordinal);
        var reader = new GitLabJobImport(settings, declared, pipeline.Jobs, (HashSet<string>)[".pre", ".post", .. pipeline.Stages.Select(s => s.Name)], root.Get("workflow", "rules") is not null, log);
        var jobs = gitlab.Jobs.Select(j => reader.Read(j, root)).ToList();
        // where stages alone say the order nobody waits for what a person may start
        var unwaited = jobs.Where(j => j is { Manual: true, FailureIgnored: true }).Select(j => j.Id).ToHashSet(StringComparer.Ordinal);
        var ordered = gitlab.Jobs.Where(j => j.Settings.Entry("needs") is null).Select(j => j.Job.Id).ToHashSet(StringComparer.Ordinal);
        if (root.Get("default").Entries().FirstOrDefault(e => e.Key.Value is "hooks") is { } hooks) log.Left(hooks.Range, "hooks: is not carried");
        return Compared.ByName(new()
        {
            Name = pipeline.Name,
            Triggers = GitLabTriggers.Read(pipeline, settings, log),
            Inputs = [.. inputs.Select(Input)],
            Variables = [.. new GitLabReferences(declared, new HashSet<string>()).Variables(root.Get("variables")).Where(v => !inputs.Any(i => i.Key.Value == v.Name) && !GitLabJobImport.IsCheckout(v.Name))],
            Concurrency = root.Entry("workflow")?.Value.Get("auto_cancel") is { } cancel && root.Get("default", "interruptible").Boolean() == true ? new(null, true, cancel.Range) : null,
            Stages = [.. pipeline.Stages.Select(s => s.Name)],
            Jobs = [.. jobs.Select(j => ordered.Contains(j.Id) ? j with { Needs = [.. j.Needs.Where(n => !unwaited.Contains(n))] } : j)],
        }, StringComparer.Ordinal);
    }

    private static PortableInput Input(YamlEntry entry) => new(
        entry.Key.Value, entry.Value.Text("description"), false, entry.Value.Text("value"), [.. entry.Value.Get("options").Items().Select(o => o.Text()).OfType<string>()], false, entry.Key.Range);

    internal static IReadOnlyList<PortableVariable> Variables(this GitLabReferences references, YamlNode? node) =>
    [
        .. node.Entries().Where(e => e.Value is YamlScalar || e.Value.Get("value") is not null || e.Value.Get("description") is not null).Select(e => new PortableVariable(e.Key.Value,
            e.Value.Boolean("expand") == false ? PortableText.Of(e.Value.Text("value") ?? "") : references.Read((e.Value as YamlScalar)?.Value ?? e.Value.Text("value") ?? ""), e.Range)),
    ];
}
