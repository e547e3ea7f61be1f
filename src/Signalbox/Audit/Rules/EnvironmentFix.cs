using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

/// <summary>Takes a variable out of an <c>env</c>.</summary>
internal static class EnvironmentFix
{
    /// <param name="owner">The mapping that holds <paramref name="env"/>; an env that would be left empty goes as a whole.</param>
    public static Fix? Remove(YamlMapping owner, YamlEntry env, YamlEntry variable, string title, FixSafety safety, Report report)
    {
        var text = report.File.Text;
        // an alias stands for other places too
        if (env.Alias is not null || env.Value is not YamlMapping map || map.Find(variable.Key.Value) is null) return null;
        return (YamlPatch.Remove(text, map, variable) ?? YamlPatch.Remove(text, owner, env)) is { } edit ? report.Fix(safety, title, edit) : null;
    }
}
