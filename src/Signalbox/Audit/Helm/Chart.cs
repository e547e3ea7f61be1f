using Signalbox.Yaml;

namespace Signalbox.Audit.Helm;

/// <summary>A chart: helm.sh/docs/topics/charts.</summary>
/// <param name="folder">Where its <c>Chart.yaml</c> lies, without a slash at the end; empty for the root.</param>
/// <param name="parent">The chart in whose <c>charts/</c> it lies.</param>
internal sealed class Chart(string folder, YamlNode? metadata, Dictionary<string, object?> defaults, Chart? parent)
{
    public string Folder { get; } = folder;

    public Chart? Parent { get; } = parent;

    public string Name { get; } = metadata.Text("name") ?? folder[(folder.LastIndexOf('/') + 1)..];

    /// <summary>Charts of this type only define templates for others.</summary>
    public bool IsLibrary { get; } = metadata.Text("type") == "library";

    public IReadOnlyList<YamlNode> Dependencies { get; } = metadata.Get("dependencies").Items();

    /// <summary>Its metadata by the names that templates use: <c>.Chart.AppVersion</c>.</summary>
    public Dictionary<string, object?> Metadata { get; } = ChartValues.Map(metadata).ToDictionary(e => Upper(e.Key), e => e.Value, StringComparer.Ordinal);

    /// <summary>What <c>.Values</c> is in its templates: its own defaults under what the charts above it say.</summary>
    public Dictionary<string, object?> Values => field ??= Settled();

    /// <summary>Whether the charts above it switch it off by default.</summary>
    public bool IsOff => Parent is not null && (Parent.IsOff || (Entry is { } entry && Condition(entry.Text("condition")) == false));

    // the entry of the parent that takes it in
    private YamlNode? Entry => Parent?.Dependencies.FirstOrDefault(d => d.Text("name") == Name);

    /// <summary>The name under which the chart above it keeps its values.</summary>
    private string Key => Entry.Text("alias") ?? Name;

    private Dictionary<string, object?> Settled()
    {
        var values = (Dictionary<string, object?>)Templates.TemplateValue.Copy(defaults)!;
        if (Parent is null) return values;
        if (Parent.Values.GetValueOrDefault(Key) is Dictionary<string, object?> given) Templates.TemplateValue.Merge(values, given, wins: true);
        if (Parent.Values.GetValueOrDefault("global") is Dictionary<string, object?> global)
        {
            var own = values.GetValueOrDefault("global") as Dictionary<string, object?> ?? new(StringComparer.Ordinal);
            values["global"] = Templates.TemplateValue.Merge(own, global, wins: true);
        }
        return values;
    }

    // the first of some paths that is there decides
    private bool? Condition(string? paths) => paths?.Split(',')
        .Select(path => path.Trim().Split('.').Aggregate((object?)Parent!.Values, (value, name) => (value as Dictionary<string, object?>)?.GetValueOrDefault(name)))
        .OfType<bool>().Select(b => (bool?)b).FirstOrDefault();

    private static string Upper(string key) => key.Length == 0 ? key : key == "apiVersion" ? "APIVersion" : char.ToUpperInvariant(key[0]) + key[1..];
}
