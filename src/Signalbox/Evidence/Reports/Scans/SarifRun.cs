using System.Globalization;
using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Scans;

/// <param name="Level">The rule's default level.</param>
internal sealed record SarifRule(
    string? Id, string? Name, string? ShortText, string? FullText, string? Level, string? SecuritySeverity, IReadOnlyDictionary<string, string> Messages);

/// <summary>What a run's results refer to: rules, artifacts and the bases of relative addresses.</summary>
internal sealed class SarifRun
{
    private readonly List<SarifRule> _rules = [];
    private readonly Dictionary<string, SarifRule> _rulesById = [];
    private readonly List<List<SarifRule>> _extensions = [];
    private readonly List<JsonLocation> _artifacts = [];
    private readonly Dictionary<string, JsonLocation> _bases = [];

    public void AddTool(JsonElement tool)
    {
        AddRules(tool.At("driver"u8), _rules);
        foreach (var extension in tool.Items("extensions"u8))
        {
            _extensions.Add([]);
            AddRules(extension, _extensions[^1]);
        }
    }

    public void AddArtifact(JsonElement artifact) => _artifacts.Add(JsonLocation.Of(artifact.At("location"u8)));

    public void AddBases(JsonElement bases)
    {
        foreach (var entry in bases.Members()) _bases[entry.Name] = JsonLocation.Of(entry.Value);
    }

    /// <summary>By index first, for identifiers may be those of parts of a rule (3.52.4): "CA1000/1" is under "CA1000".</summary>
    public SarifRule? RuleOf(JsonElement result, string? id)
    {
        var reference = result.At("rule"u8);
        var list = reference.At("toolComponent"u8).Whole("index"u8) is { } extension && extension >= 0 && extension < _extensions.Count ? _extensions[extension] : _rules;
        var index = result.Whole("ruleIndex"u8) ?? reference.Whole("index"u8) ?? -1;
        if (index >= 0 && index < list.Count && Fits(list[index], id)) return list[index];
        for (var part = id; part is not null; part = part.LastIndexOf('/') is > 0 and var slash ? part[..slash] : null)
            if (_rulesById.TryGetValue(part, out var rule)) return rule;
        return null;
    }

    public string? MessageOf(JsonElement result, SarifRule? rule)
    {
        var message = result.At("message"u8);
        var text = message.Text("text"u8) ?? (message.Text("id"u8) is { } id ? rule?.Messages.GetValueOrDefault(id) : null) ?? message.Text("markdown"u8);
        if (text is null || message.At("arguments"u8).ValueKind != JsonValueKind.Array) return text;
        var i = 0;
        foreach (var argument in message.Items("arguments"u8))
            text = text.Replace(string.Create(CultureInfo.InvariantCulture, $"{{{i++}}}"), argument.Text(), StringComparison.Ordinal);
        return text;
    }

    public string? ArtifactOf(JsonElement location) =>
        location.Whole("index"u8) is { } index && index >= 0 && index < _artifacts.Count ? _artifacts[index].Uri : null;

    /// <summary>The address with its bases before it.</summary>
    public string? Resolved(JsonElement location)
    {
        var at = JsonLocation.Of(location);
        if (at.Uri is null && location.Whole("index"u8) is { } index && index >= 0 && index < _artifacts.Count) at = _artifacts[index];
        var address = at.Uri;
        for (var depth = 0; depth < 8 && at.Base is { } name && _bases.TryGetValue(name, out var under); depth++)
        {
            address = under.Uri + address;
            at = under;
        }
        return address;
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

    private static SarifRule Rule(JsonElement rule)
    {
        var properties = rule.At("properties"u8);
        var messages = new Dictionary<string, string>();
        foreach (var message in rule.At("messageStrings"u8).Members())
            if (message.Value.Text("text"u8) is { } text) messages[message.Name] = text;
        return new(
            rule.Text("id"u8), rule.Text("name"u8), rule.At("shortDescription"u8).Text("text"u8), rule.At("fullDescription"u8).Text("text"u8),
            rule.At("defaultConfiguration"u8).Text("level"u8), properties.Text("security-severity"u8), messages);
    }

    private readonly record struct JsonLocation(string? Uri, string? Base)
    {
        public static JsonLocation Of(JsonElement location) => new(location.Text("uri"u8), location.Text("uriBaseId"u8));
    }
}
