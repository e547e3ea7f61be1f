using Signalbox.Pipelines.Jenkins.Groovy;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.Jenkins.Portable;

/// <summary>A stage's <c>matrix</c> (jenkins.io, "Pipeline Syntax: matrix").</summary>
internal static class JenkinsMatrix
{
    /// <summary>Null where no axis of it can be read.</summary>
    public static PortableMatrix? Read(GroovyBlock matrix, CarriageLog log)
    {
        var axes = new List<(string Name, IReadOnlyList<string> Values)>();
        foreach (var axis in (matrix.Call("axes")?.Block?.Calls ?? []).Where(a => a.Name == "axis"))
        {
            var (name, values) = (Name(axis), Values(axis));
            var wrong = string.IsNullOrEmpty(name) ? "without a name" : axes.Exists(a => a.Name == name) ? "that was there before" : values.Count == 0 ? "without values that are text" : null;
            foreach (var twice in values.GroupBy(v => v, StringComparer.Ordinal).Where(g => g.Count() > 1)) log.Changed(axis.NameRange, $"the value {twice.Key} of the axis {name} is there once");
            if (wrong is null) axes.Add((name!, [.. values.Distinct(StringComparer.Ordinal)]));
            else log.Left(axis.NameRange, $"the axis {name} {wrong} is not carried", "axis { name 'OS'; values 'linux', 'mac' }");
        }
        var excludes = (matrix.Call("excludes")?.Block?.Calls ?? []).Where(e => e.Name == "exclude").ToList();
        foreach (var odd in excludes.Where(e => e.Block?.Calls.Any(a => a.Block?.Call("notValues") is not null) == true)) log.Left(odd.NameRange, "notValues of a matrix is not carried", "name the values left out");
        var left = excludes.Select(e => (e.NameRange, Axes: (e.Block?.Calls ?? []).Select(a => (Name: Name(a) ?? "", Values: Values(a))).ToList())).ToList();
        foreach (var (range, _) in left.Where(e => !IsOf(e.Axes))) log.Left(range, "what is excluded of a matrix by an axis that it does not have is not carried", "name one of its axes");
        return axes.Count == 0 ? null : new(axes, [], [.. left.Where(e => IsOf(e.Axes)).SelectMany(e => new PortableMatrix(e.Axes, [], []).Combinations())], false);

        bool IsOf(IReadOnlyList<(string Name, IReadOnlyList<string> Values)> excluded) => excluded.All(e => axes.Exists(a => a.Name == e.Name));
    }

    private static string? Name(GroovyCall axis) => (axis.Block?.Call("name")?.First as GroovyText)?.String.Value;

    private static IReadOnlyList<string> Values(GroovyCall axis) => [.. (axis.Block?.Call("values")?.Arguments ?? []).Select(v => (v.Value as GroovyText)?.String.Value).OfType<string>()];
}
