using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Scans;

/// <param name="Level">The rule's default level.</param>
/// <param name="Tags">At most 20.</param>
internal sealed record SarifRule(
    string? Id, string? Name, string? ShortText, string? FullText, string? Level, string? SecuritySeverity, IReadOnlyDictionary<string, string> Messages, IReadOnlyList<string> Tags);

/// <summary>What a run's results refer to: rules, artifacts and the bases of relative addresses. Results may be many thousands, so what each looks up is short.</summary>
/// <param name="most">UTF-16 units of a text; longer ones are cut where they come in, so that results share what is left.</param>
internal sealed class SarifRun(int most)
{
    /// <summary>Parts of an identifier ("CA1000/1" has two), bases above one another, and arguments of a message that are looked at.</summary>
    private const int MostParts = 32, MostBases = 8, MostArguments = 100;

    private readonly List<SarifRule> _rules = [];
    private readonly Dictionary<string, SarifRule> _rulesById = new(StringComparer.Ordinal);
    private readonly List<List<SarifRule>> _extensions = [];
    private readonly List<JsonLocation> _artifacts = [];
    private readonly Dictionary<string, JsonLocation> _bases = [];
    private readonly Dictionary<string, string> _addresses = [];

    /// <summary>The program's own name; null where the run does not say.</summary>
    public string? Driver { get; private set; }

    public void AddTool(JsonElement tool)
    {
        Driver = Cut(tool.At("driver"u8).Text("name"u8));
        AddRules(tool.At("driver"u8), _rules);
        foreach (var extension in tool.Items("extensions"u8))
        {
            _extensions.Add([]);
            AddRules(extension, _extensions[^1]);
        }
    }

    public void AddArtifact(JsonElement artifact) => _artifacts.Add(Location(artifact.At("location"u8)));

    public void AddBases(JsonElement bases)
    {
        foreach (var entry in bases.Members()) _bases[entry.Name] = Location(entry.Value);
    }

    /// <summary>By index first, for identifiers may be those of parts of a rule (3.52.4): "CA1000/1" is under "CA1000".</summary>
    public SarifRule? RuleOf(JsonElement result, string? id)
    {
        var reference = result.At("rule"u8);
        var list = reference.At("toolComponent"u8).Whole("index"u8) is { } extension && extension >= 0 && extension < _extensions.Count ? _extensions[extension] : _rules;
        var index = result.Whole("ruleIndex"u8) ?? reference.Whole("index"u8) ?? -1;
        if (index >= 0 && index < list.Count && Fits(list[index], id)) return list[index];
        var byId = _rulesById.GetAlternateLookup<ReadOnlySpan<char>>();
        var part = id.AsSpan();
        for (var i = 0; i < MostParts && part.Length > 0; i++)
        {
            if (byId.TryGetValue(part, out var rule)) return rule;
            part = part[..Math.Max(0, part.LastIndexOf('/'))];
        }
        return null;
    }

    public string? MessageOf(JsonElement result, SarifRule? rule)
    {
        var message = result.At("message"u8);
        var text = Cut(message.Text("text"u8)) ?? (message.Text("id"u8) is { } id ? rule?.Messages.GetValueOrDefault(id) : null) ?? Cut(message.Text("markdown"u8));
        return text is null || message.At("arguments"u8).ValueKind != JsonValueKind.Array
            ? text
            : Filled(text, [.. message.Items("arguments"u8).Take(MostArguments).Select(argument => argument.Text())]);
    }

    /// <summary>Each placeholder with its argument (3.11.5), from left to right: an argument is not looked into, or a few of them would grow without end.</summary>
    private string Filled(string text, IReadOnlyList<string?> arguments)
    {
        var filled = new StringBuilder();
        for (var i = 0; i < text.Length && filled.Length < most;)
        {
            var (end, number) = (i + 1, 0);
            while (end < text.Length && end - i < 4 && char.IsAsciiDigit(text[end])) number = (number * 10) + text[end++] - '0';
            if (text[i] == '{' && end > i + 1 && end < text.Length && text[end] == '}' && number < arguments.Count)
            {
                var argument = arguments[number] ?? "";
                filled.Append(argument, 0, Math.Min(argument.Length, most - filled.Length));
                i = end + 1;
            }
            else filled.Append(text[i++]);
        }
        return filled.ToString();
    }

    public string? ArtifactOf(JsonElement location) =>
        location.Whole("index"u8) is { } index && index >= 0 && index < _artifacts.Count ? _artifacts[index].Uri : null;

    /// <summary>The address with its bases before it.</summary>
    public string? Resolved(JsonElement location)
    {
        var at = Location(location);
        if (at.Uri is null && location.Whole("index"u8) is { } index && index >= 0 && index < _artifacts.Count) at = _artifacts[index];
        if (at.Base is not { } name || !_bases.ContainsKey(name)) return at.Uri;
        // where the base fills it all, every location has the same text
        return AddressOf(name) is var address && address.Length >= most ? address : Cut(address + at.Uri);
    }

    /// <summary>A base with those before it.</summary>
    private string AddressOf(string name)
    {
        if (_addresses.TryGetValue(name, out var known)) return known;
        var (address, above) = ("", name);
        for (var depth = 0; depth < MostBases && above is not null && address.Length < most && _bases.TryGetValue(above, out var under); depth++)
            (address, above) = (Cut(under.Uri + address), under.Base);
        return _addresses[name] = address;
    }

    private static bool Fits(SarifRule rule, string? id) =>
        id is null || rule.Id is null || id == rule.Id || id.StartsWith(rule.Id + "/", StringComparison.Ordinal);

    private void AddRules(JsonElement component, List<SarifRule> rules)
    {
        foreach (var entry in component.Items("rules"u8))
        {
            var rule = Rule(entry);
            rules.Add(rule);
            if (rule.Id is not null) _rulesById.TryAdd(rule.Id, rule);
        }
    }

    private SarifRule Rule(JsonElement rule)
    {
        var properties = rule.At("properties"u8);
        var messages = new Dictionary<string, string>();
        foreach (var message in rule.At("messageStrings"u8).Members())
            if (message.Value.Text("text"u8) is { } text) messages[message.Name] = Cut(text);
        return new(
            Cut(rule.Text("id"u8)), Cut(rule.Text("name"u8)), Cut(rule.At("shortDescription"u8).Text("text"u8)), Cut(rule.At("fullDescription"u8).Text("text"u8)),
            rule.At("defaultConfiguration"u8).Text("level"u8), properties.Text("security-severity"u8), messages, [.. properties.Texts("tags"u8).Take(20).Select(tag => Cut(tag))]);
    }

    private JsonLocation Location(JsonElement location) => new(Cut(location.Text("uri"u8)), location.Text("uriBaseId"u8));

    [return: NotNullIfNotNull(nameof(text))]
    private string? Cut(string? text) => text is null || text.Length <= most ? text : text[..most];

    private readonly record struct JsonLocation(string? Uri, string? Base);
}
