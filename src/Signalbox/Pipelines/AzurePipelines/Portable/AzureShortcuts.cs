using Signalbox.Pipelines.Portable;
using Signalbox.Pipelines.Writing;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.AzurePipelines.Portable;

/// <summary>Steps that are neither scripts nor tasks, and mean nothing elsewhere: <c>getPackage: feed</c>, <c>reviewApp: environment</c>, and what Azure does not know either.</summary>
internal static class AzureShortcuts
{
    /// <summary>Such a step with all that it is given; null for a task and for a template.</summary>
    public static ForeignStep? Read(YamlMapping node, AzureReferences references) =>
        AzureStepReader.Kind(node) is not { } kind || kind.Key.Value is "task" or "template" ? null
        : new(Platform.AzurePipelines, $"{kind.Key.Value}: {kind.Value.Text()}".TrimEnd(' '), [.. Given(node, kind).Where(e => e.Value.Text() is not null).Select(e => new PortableVariable(e.Key.Value, references.Value(e.Value.Text()!), e.Range))]);

    /// <summary>Whether an entry of a step is what makes it one, or what such a step is given.</summary>
    public static bool IsPart(YamlMapping node, YamlEntry entry) => AzureStepReader.Kind(node) is { } kind && (ReferenceEquals(entry, kind) || kind.Key.Value is not ("task" or "template") && Given(node, kind).Contains(entry) && entry.Value is YamlScalar);

    private static IEnumerable<YamlEntry> Given(YamlMapping node, YamlEntry kind) =>
        node.Entries().Where(e => !ReferenceEquals(e, kind) && (!AzureStepReader.IsOfAny(e.Key.Value) || e.Key.Value == "artifact"));

    /// <summary>Writes one back; null for a task.</summary>
    /// <param name="said">A value as Azure reads it.</param>
    public static OutMap? Write(ForeignStep step, Func<PortableVariable, string> said)
    {
        if (step.Uses.IndexOf(':', StringComparison.Ordinal) is not (> 0 and var at)) return null;
        var map = new OutMap().Add(step.Uses[..at], step.Uses[(at + 1)..].TrimStart(' '));
        foreach (var input in step.Inputs) map.Add(input.Name, said(input));
        return map;
    }
}
