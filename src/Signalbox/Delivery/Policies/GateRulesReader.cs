using System.Globalization;
using Signalbox.Delivery.Reading;
using Signalbox.Yaml;

namespace Signalbox.Delivery.Policies;

/// <summary>Reads <c>gates:</c> of a policy, or of an environment in a release's own file.</summary>
internal static class GateRulesReader
{
    private static readonly string[] s_severities = ["info", "low", "medium", "high", "critical", "none"];

    private static readonly Shape s_gates = new("gates", [.. GateTable.All.Select(gate => (gate.Name, "enforce"))]);

    private static readonly Dictionary<string, Shape> s_shapes = GateTable.All.ToDictionary(
        gate => gate.Name, gate => new Shape(gate.Name, [("mode", "enforce"), .. gate.Settings.Select(setting => (setting.Key, setting.Example))]));

    /// <param name="ownFile">A release's own file: it cannot turn anything off, and places are not kept.</param>
    public static IReadOnlyList<GateRule> Read(FileContext file, YamlNode node, bool ownFile)
    {
        if (Section.Open(file, s_gates, node, "gates", "gates: { coverage: enforce }") is not { } section) return [];
        return [.. GateTable.All.Where(gate => section.Has(gate.Name)).Select(gate => Gate(file, section, gate, ownFile)).OfType<GateRule>()];
    }

    /// <summary>A list of texts, or one text.</summary>
    public static IReadOnlyList<string> Texts(Section section, string key)
    {
        if (section.Node(key) is YamlScalar { IsNull: false } only) return Text(section, key, only) is { } text ? [text] : [];
        return [.. section.List(key, PolicyLimits.MostValues).Select(node => Text(section, key, node)).OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    private static GateRule? Gate(FileContext file, Section gates, GateShape shape, bool ownFile)
    {
        var node = gates.Node(shape.Name)!;
        var place = ownFile ? null : Place(file, gates, shape.Name);
        if (node is YamlScalar { IsNull: false })
            return Weakens(file, node, gates.Choice(shape.Name, GateMode.Enforce, Modes), ownFile) is { } mode ? new(shape.Name, mode, GateRules.NoSettings, place) : null;
        if (Section.Open(file, s_shapes[shape.Name], node, shape.Name, gates.Shape.Line(shape.Name)) is not { } section) return null;
        var written = section.Choice("mode", GateMode.Enforce, Modes);
        if (Weakens(file, section.Node("mode") ?? node, written, ownFile) is not { } decided) return null;
        var settings = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var setting in shape.Settings.Where(setting => section.Has(setting.Key)))
            if (Setting(section, setting) is { } values) settings[setting.Key] = values;
        return new(shape.Name, decided, settings, place);
    }

    private static readonly (string, GateMode)[] Modes = [("off", GateMode.Off), ("warn", GateMode.Warn), ("enforce", GateMode.Enforce)];

    private static GateMode? Weakens(FileContext file, YamlNode node, GateMode mode, bool ownFile)
    {
        if (!ownFile || mode != GateMode.Off) return mode;
        file.Invalid(node, "mode", "off", "warn or enforce: a release's own file can tighten what its environment demands, never weaken it", "mode: enforce");
        return null;
    }

    private static PolicyPlace Place(FileContext file, Section gates, string key)
    {
        var at = file.At(gates.KeySpan(key));
        return new(at.Path, at.Line, at.Column, at.Length, at.SourceLine);
    }

    private static IReadOnlyList<string>? Setting(Section section, SettingShape setting) => setting.Kind switch
    {
        SettingKind.Share => section.Share(setting.Key) is { } share ? [Percent(share)] : null,
        SettingKind.Count => [section.Integer(setting.Key, 0, 100, 0).ToString(CultureInfo.InvariantCulture)],
        SettingKind.Age => [Seconds(section.Duration(setting.Key, TimeSpan.FromDays(1)))],
        SettingKind.Threshold => [section.Choice(setting.Key, "info", [.. s_severities.Select(word => (word, word))])],
        SettingKind.Switch => [section.Choice(setting.Key, "deny", ("deny", "deny"), ("allow", "allow"))],
        _ => Texts(section, setting.Key),
    };

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{(decimal)share * 100:0.######}%");

    private static string Seconds(TimeSpan age) => string.Create(CultureInfo.InvariantCulture, $"{age.TotalSeconds:0.###}s");

    private static string? Text(Section section, string key, YamlNode node)
    {
        if (node is YamlScalar { IsNull: false, Value: { Length: > 0 and <= PolicyLimits.MostValueLength } text }) return text;
        section.File.WrongType(node, $"an entry of {key}", $"text of at most {PolicyLimits.MostValueLength} characters", section.Shape.Has(key) ? section.Shape.Line(key) : key);
        return null;
    }
}
