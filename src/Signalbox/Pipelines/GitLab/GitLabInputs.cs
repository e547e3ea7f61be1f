using System.Text.RegularExpressions;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitLab;

/// <summary>
/// The inputs that a header declares (docs.gitlab.com, "CI/CD inputs"). Nobody hands any in where a file is read by itself: each is its default.
/// </summary>
internal static partial class GitLabInputs
{
    // nodes and signs put in, so that a long default that stands in many places cannot grow without end
    private const long MostPutIn = 4_000_000;

    /// <summary>The jobs' document with the defaults put in. What was put in stands where it was asked for.</summary>
    public static YamlNode? Filled(YamlMapping header, YamlNode? jobs)
    {
        var defaults = Declared(header).Where(i => i.Default is not null).ToDictionary(i => i.Entry.Key.Value, i => i.Default!, StringComparer.Ordinal);
        var budget = MostPutIn;
        return jobs is null || defaults.Count == 0 ? jobs : Filled(jobs, defaults, ref budget);
    }

    /// <summary>Says what the inputs are taken to be, and which of them nothing says.</summary>
    /// <param name="documents">As they are in the file.</param>
    public static void Say(IReadOnlyList<YamlNode?> documents, CarriageLog log)
    {
        if (documents is not [YamlMapping header, { } jobs, ..] || header.Find("spec") is null) return;
        foreach (var (entry, value) in Declared(header))
            if (value is not null) log.Changed(entry.Range, $"the input {entry.Key.Value} is its default: {(value is YamlScalar text ? text.Value : value.Kind)}", "the platform's own inputs, where somebody hands in another");
        foreach (var open in Scalars(Filled(header, jobs)!).Where(s => Asked().IsMatch(s.Value))) log.Left(open.Range, $"{Asked().Match(open.Value).Value} is not carried: nothing in the file says its value", "a default of the input, or its value in the file");
    }

    /// <summary>The inputs that a text still asks for, as they are written.</summary>
    public static IEnumerable<string> OpenIn(string text) => text.Contains("$[[", StringComparison.Ordinal) ? Asked().Matches(text).Select(m => m.Value) : [];

    private static IEnumerable<(YamlEntry Entry, YamlNode? Default)> Declared(YamlMapping header) => header.Get("spec", "inputs").Entries().Select(e => (e, e.Value.Get("default")));

    /// <summary>Every text in a node, keys among them.</summary>
    public static IEnumerable<YamlScalar> Scalars(YamlNode node) => node switch
    {
        YamlScalar scalar => [scalar],
        YamlMapping map => map.Entries.SelectMany(e => Scalars(e.Value).Prepend(e.Key)),
        _ => node.Items().SelectMany(Scalars),
    };

    // what asks for nothing stays the very node it was
    private static YamlNode Filled(YamlNode node, Dictionary<string, YamlNode> defaults, ref long budget)
    {
        switch (node)
        {
            case YamlScalar scalar: return Filled(scalar, defaults, ref budget);
            case YamlSequence list:
                var items = new List<YamlNode>(list.Items.Count);
                foreach (var item in list.Items) items.Add(Filled(item, defaults, ref budget));
                return items.Zip(list.Items).All(p => ReferenceEquals(p.First, p.Second)) ? list : list with { Items = items };
            case YamlMapping map:
                var entries = new List<YamlEntry>(map.Entries.Count);
                foreach (var entry in map.Entries)
                {
                    var (key, value) = (Filled(entry.Key, defaults, ref budget) as YamlScalar ?? entry.Key, Filled(entry.Value, defaults, ref budget));
                    entries.Add(ReferenceEquals(key, entry.Key) && ReferenceEquals(value, entry.Value) ? entry : entry with { Key = key, Value = value });
                }
                return entries.Zip(map.Entries).All(p => ReferenceEquals(p.First, p.Second)) ? map : map with { Entries = entries };
            default: return node;
        }
    }

    private static YamlNode Filled(YamlScalar scalar, Dictionary<string, YamlNode> defaults, ref long budget)
    {
        if (!scalar.Value.Contains("$[[", StringComparison.Ordinal)) return scalar;
        // alone it is what the default is: a list, a number, a boolean
        if (Asked().Match(scalar.Value) is { Success: true } only && only.Length == scalar.Value.Length && Of(only, defaults) is { } whole)
            return (budget -= whole.ExpandedCount) > 0 ? Relocation.Of(whole, scalar.Range) : scalar;
        if ((budget -= scalar.Value.Length + Asked().Matches(scalar.Value).Sum(m => (long)((Of(m, defaults) as YamlScalar)?.Value.Length ?? 0))) < 0) return scalar;
        var text = Asked().Replace(scalar.Value, match => Of(match, defaults) is YamlScalar value ? value.Value : match.Value);
        return text == scalar.Value ? scalar : scalar with { Span = default, Value = text };
    }

    /// <summary>What is put in; null where that is not known: it has no default, or a function makes something else of it.</summary>
    private static YamlNode? Of(Match match, Dictionary<string, YamlNode> defaults) => match.Groups[2].Value is "" or "expand_vars" ? defaults.GetValueOrDefault(match.Groups[1].Value) : null;

    [GeneratedRegex(@"\$\[\[\s{0,20}inputs\.([A-Za-z0-9_-]{1,100})\s{0,20}(?:\|\s{0,20}([^\]$]{0,200}?)\s{0,20})?\]\]")]
    private static partial Regex Asked();
}
