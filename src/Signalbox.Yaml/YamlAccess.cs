using System.Globalization;

namespace Signalbox.Yaml;

/// <summary>Short ways into a tree that is only known by its text: everything that is not there is null or empty.</summary>
public static class YamlAccess
{
    /// <summary>The value of a key, merge keys (<c>&lt;&lt;</c>) followed; null where there is none.</summary>
    public static YamlNode? Get(this YamlNode? node, string key) => node.Entry(key)?.Value;

    /// <summary>The value at a path of keys.</summary>
    public static YamlNode? Get(this YamlNode? node, string key, string next) => node.Get(key).Get(next);

    /// <summary>The value at a path of keys.</summary>
    public static YamlNode? Get(this YamlNode? node, string key, string next, string last) => node.Get(key).Get(next).Get(last);

    /// <summary>The entry of a key; one written in the mapping itself wins over a merged one.</summary>
    public static YamlEntry? Entry(this YamlNode? node, string key) => node is YamlMapping mapping ? mapping.Find(key) ?? (mapping.Merges ? Merged(mapping, key, 0) : null) : null;

    public static YamlMapping? Mapping(this YamlNode? node, string key) => node.Get(key) as YamlMapping;

    /// <summary>The items of a list; a single value is no list and gives nothing.</summary>
    public static IReadOnlyList<YamlNode> Items(this YamlNode? node) => node is YamlSequence sequence ? sequence.Items : [];

    /// <summary>The items of a list, or the value itself where one value stands for a list of one.</summary>
    public static IReadOnlyList<YamlNode> ItemsOrSelf(this YamlNode? node) => node switch
    {
        null or YamlScalar { IsNull: true } => [],
        YamlSequence sequence => sequence.Items,
        _ => [node],
    };

    /// <summary>The entries of a mapping with merge keys followed, each key once.</summary>
    public static IReadOnlyList<YamlEntry> Entries(this YamlNode? node) => node switch
    {
        YamlMapping { Merges: false } mapping => mapping.Entries,
        YamlMapping mapping => Flattened(mapping),
        _ => [],
    };

    /// <summary>The text of a scalar that is not null; a number or a boolean as it was written.</summary>
    public static string? Text(this YamlNode? node) => node is YamlScalar { IsNull: false } scalar ? scalar.Value : null;

    public static string? Text(this YamlNode? node, string key) => node.Get(key).Text();

    public static bool? Boolean(this YamlNode? node) => (node as YamlScalar)?.AsBoolean;

    public static bool? Boolean(this YamlNode? node, string key) => node.Get(key).Boolean();

    /// <summary>A whole number: in decimal, quoted or not; plain in hexadecimal, octal or binary, too (yaml.org, 1.2 and 1.1: <c>0x1F</c>, <c>0o17</c>, <c>0b11</c>).</summary>
    public static long? Number(this YamlNode? node) =>
        long.TryParse(node.Text(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : node is YamlScalar { IsPlain: true, Value: ['0', var letter, _, ..] text } ? OfBase(letter, text.AsSpan(2)) : null;

    private static long? OfBase(char letter, ReadOnlySpan<char> digits)
    {
        if (letter == 'x') return long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hexadecimal) ? hexadecimal : null;
        if (letter == 'b') return long.TryParse(digits, NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture, out var binary) ? binary : null;
        if (letter != 'o' || digits.Length > 20) return null;
        var value = 0L;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7') return null;
            value = value * 8 + (digit - '0');
        }
        return value;
    }

    public static long? Number(this YamlNode? node, string key) => node.Get(key).Number();

    /// <summary>Whether nothing is written: no node, or a null.</summary>
    public static bool IsEmpty(this YamlNode? node) => node is null or YamlScalar { IsNull: true };

    /// <summary>Every scalar value in and below a node, in order; keys are left out.</summary>
    public static IEnumerable<YamlScalar> Scalars(this YamlNode? node) => node switch
    {
        YamlScalar scalar => [scalar],
        YamlSequence sequence => sequence.Items.SelectMany(Scalars),
        YamlMapping mapping => mapping.Entries.SelectMany(e => Scalars(e.Value)),
        _ => [],
    };

    internal const string MergeKey = "<<";
    private const int MergeDepth = 16;

    private static YamlEntry? Merged(YamlMapping mapping, string key, int depth)
    {
        if (depth == MergeDepth || !mapping.Merges) return null;
        foreach (var source in Sources(mapping))
            if ((source.Find(key) ?? Merged(source, key, depth + 1)) is { } entry) return entry;
        return null;
    }

    private static List<YamlEntry> Flattened(YamlMapping mapping)
    {
        var entries = new List<YamlEntry>();
        Flatten(mapping, entries, new(StringComparer.Ordinal), 0);
        return entries;
    }

    private static void Flatten(YamlMapping mapping, List<YamlEntry> entries, HashSet<string> seen, int depth)
    {
        foreach (var entry in mapping.Entries)
            if (entry.Key.Value != MergeKey && seen.Add(entry.Key.Value)) entries.Add(entry);
        if (depth == MergeDepth) return;
        foreach (var source in Sources(mapping)) Flatten(source, entries, seen, depth + 1);
    }

    private static IEnumerable<YamlMapping> Sources(YamlMapping mapping) =>
        mapping.Entries.Where(e => e.Key.Value == MergeKey).SelectMany(e => e.Value.ItemsOrSelf()).OfType<YamlMapping>();
}
