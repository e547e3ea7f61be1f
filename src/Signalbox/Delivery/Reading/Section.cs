using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>A mapping with the keys it may have; opening one reports the keys it may not have.</summary>
internal sealed class Section
{
    private readonly YamlMapping _map;

    // a misspelt key has its finding; that the right one is missing would be a second for one mistake
    private readonly HashSet<string> _meant = new(StringComparer.Ordinal);

    private Section(FileContext file, Shape shape, YamlMapping map) => (File, Shape, _map) = (file, shape, map);

    public FileContext File { get; }

    public Shape Shape { get; }

    /// <summary>Where a message about the section as a whole points.</summary>
    public YamlSpan Span => _map.Span;

    /// <param name="what">What messages call the node ("health", "step 2").</param>
    /// <returns>Null, with a finding, where the node is no mapping.</returns>
    public static Section? Open(FileContext file, Shape shape, YamlNode node, string what, string help)
    {
        if (node is not YamlMapping map)
        {
            file.WrongType(node, what, "a mapping", help);
            return null;
        }
        var section = new Section(file, shape, map);
        section.ReportUnknown(what);
        return section;
    }

    public bool Has(string key) => _map.Find(key) is not null;

    public YamlNode? Node(string key) => _map.Find(key)?.Value;

    public YamlSpan KeySpan(string key) => _map.Find(key)?.Key.Span ?? Span;

    public Section? Open(string key, Shape shape) => Node(key) is { } node ? Open(File, shape, node, key, Shape.Line(key)) : null;

    public void Missing(string key)
    {
        if (!_meant.Contains(key)) File.Error(DeliveryIds.MissingKey, $"'{key}' is missing", Span, Shape.Line(key), $"expected '{key}' here");
    }

    /// <summary>Reports all but the first of the keys that are given.</summary>
    /// <returns>The first that is given, or null.</returns>
    public string? OnlyOneOf(params string[] keys)
    {
        var given = keys.Where(Has).ToList();
        foreach (var extra in given.Skip(1))
            File.Error(DeliveryIds.ConflictingKeys, $"'{extra}' cannot stand beside '{given[0]}'", KeySpan(extra), Shape.Line(given[0]),
                "remove one of the two", KeySpan(given[0]));
        return given.FirstOrDefault();
    }

    private void ReportUnknown(string what)
    {
        foreach (var (key, value) in _map.Entries)
        {
            if (File.IsFull) return;
            if (Shape.Has(key.Value)) continue;
            if (Shape.Later.Contains(key.Value)) NotYet(key);
            else Unknown(key, value, what);
        }
    }

    private void NotYet(YamlScalar key) => File.Error(DeliveryIds.NotYet, $"'{key.Value}' is not read by this version of signalbox yet",
        key.Span, $"# {key.Value}: (remove it until a version that reads it)", "comes later");

    private void Unknown(YamlScalar key, YamlNode value, string what)
    {
        var meant = Spelling.Nearest(key.Value, Shape.Keys.Select(k => k.Key));
        if (meant is not null) _meant.Add(meant);
        var message = $"unknown key '{YamlQuote.Short(key.Value)}' in {what}";
        if (meant is not null) message += $"; did you mean '{meant}'?";
        var keys = string.Join(", ", Shape.Keys.Select(k => k.Key));
        File.Error(DeliveryIds.UnknownKey, message, key.Span, meant is null ? File.SchemaHelp : Corrected(meant, value), $"expected one of {keys}");
    }

    private string Corrected(string key, YamlNode value) =>
        value is YamlScalar { IsPlain: true, IsNull: false } scalar ? $"{key}: {YamlQuote.Short(scalar.Value)}" : Shape.Line(key);
}
