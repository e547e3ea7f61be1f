using System.Text.RegularExpressions;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitOps;

/// <summary>Values of a Secret that are settings: a file none of whose lines holds a secret, or a number, switch or path under a name that says nothing of one.</summary>
internal static partial class PlainSettings
{
    // longer words of letters and digits together are keys
    private const int LongestWord = 12;

    public static bool Are(string key, string text)
    {
        var value = text.Trim();
        return value.Contains('\n') ? value.Split('\n').All(IsSetting) || IsTree(value) : Says(key) && SecretWords.IsHarmless(value) && value.Length > 0;
    }

    private static bool IsSetting(string written)
    {
        var line = written.Trim();
        if (line.Length == 0 || line[0] is '#' or ';' || line.StartsWith("//", StringComparison.Ordinal)) return true;
        if (Section().IsMatch(line)) return Says(line.Trim('[', ']'));
        return Line().Match(line) is { Success: true } set && Says(set.Groups["name"].Value) && IsWord(set.Groups["value"].Value.Trim().Trim('"', '\''));
    }

    /// <summary>The same of YAML and JSON: every value that stands in it, by the name above it.</summary>
    private static bool IsTree(string text) => WrittenSecrets.Tree(text) is { } root && IsTree("", root);

    private static bool IsTree(string name, YamlNode node) => node switch
    {
        YamlMapping map => map.Entries.All(e => IsTree(Named(map) is { } named && e.Key.Value == "value" ? named : Says(name) ? e.Key.Value : name, e.Value)),
        YamlSequence list => list.Items.All(i => IsTree(name, i)),
        YamlScalar { IsNull: false } scalar => Says(name) && (Address().IsMatch(scalar.Value) || IsWord(Comparison().Replace(scalar.Value.Trim(), " "))),
        _ => true,
    };

    // name: DB_PASSWORD, value: …
    private static string? Named(YamlMapping map) => map.Text("name") ?? map.Text("key");

    private static bool Says(string name) => SecretWords.OfName(name) == SecretLikeness.None && !Belongs().IsMatch(name);

    private static bool IsWord(string value) => SecretWords.IsHarmless(value) || (Words().IsMatch(value) && value.Split(' ', '/', '.', '-', '_', ',', ':').All(w => w.Length <= LongestWord || w.All(char.IsAsciiLetter)));

    [GeneratedRegex(@"^\[[\w. -]+\]$", RegexOptions.CultureInvariant)]
    private static partial Regex Section();

    [GeneratedRegex(@"^(?<name>[A-Za-z_][\w.-]{0,80})\s*[=:](?<value>.{0,200})$", RegexOptions.CultureInvariant)]
    private static partial Regex Line();

    // where something listens; what stands in its path may be the key to it (hooks.slack.com/services/…)
    [GeneratedRegex(@"^\s*https?://[\w.-]+(:\d+)?(/[A-Za-z-]*|/v\d+)*\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    // labels, and what they are compared with
    [GeneratedRegex(@"[=!]~?|[""|]", RegexOptions.CultureInvariant)]
    private static partial Regex Comparison();

    // what comes with a secret
    [GeneratedRegex("auth|dsn|webhook|cert|crt|login|user|account|license|connection|conn_?str|hash|salt|pem|pin$|(^|[-_.])pw$|psk|otp|seed|mnemonic|cookie|session", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Belongs();

    [GeneratedRegex(@"^[A-Za-z0-9 /._,:-]{0,60}$", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
