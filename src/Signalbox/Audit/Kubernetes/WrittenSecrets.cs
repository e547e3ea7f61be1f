using System.Text.RegularExpressions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>Secrets that stand as literals in a text of settings or in a script. What is computed, or named and found elsewhere, is none.</summary>
internal static partial class WrittenSecrets
{
    private const int Deepest = 3;

    private static readonly YamlLimits s_limits = new(MaxBytes: 512 * 1024);

    /// <summary>Whether a file of settings or a script holds a secret.</summary>
    /// <param name="name">The file's name, or what else its text is called.</param>
    public static bool In(string name, string text, int depth = 0)
    {
        if (depth == Deepest || !SecretWords.Mentions(text)) return false;
        var code = CodeOf(name, text);
        return code == Code.None && Tree(text) is { } root ? Entries(root).Any(e => IsSecret(e, depth)) : Lines(text, code);
    }

    /// <summary>Whether a name is a file's: then it says what the file is about, not what the value is.</summary>
    public static bool IsFile(string name) => Structured().IsMatch(name) || CodeOf(name, "") != Code.None;

    /// <summary>Whether a value is written out: no list or call, no attribute, no reference and no name of a variable.</summary>
    /// <param name="isText">Whether it is known to be a text, by its quotes or its place in a tree: then a sign alone begins no list, call or tag.</param>
    public static bool IsLiteral(string value, bool isText) => value.Length > 0 && !SecretWords.IsHarmless(value) && !(isText ? ComputedText() : Computed()).IsMatch(value);

    private static bool IsSecret(YamlEntry entry, int depth) => entry.Value is YamlScalar { IsNull: false } scalar && !IsTagged(scalar)
        && (scalar.Value.Trim().Contains('\n') ? In(entry.Key.Value, scalar.Value, depth + 1) : IsStrong(entry.Key.Value) && !SecretWords.NamesObject(entry.Key.Value, scalar.Value) && IsLiteral(scalar.Value.Trim(), isText: true));

    // !env_var, !secret, !vault: something else fills it in
    private static bool IsTagged(YamlScalar scalar) => scalar.Tag is { } tag && !tag.StartsWith("tag:yaml.org", StringComparison.Ordinal);

    private static bool IsStrong(string name) => SecretWords.OfName(name) == SecretLikeness.Strong;

    /// <summary>A text that is a mapping of YAML or JSON; null for any other.</summary>
    public static YamlMapping? Tree(string text) => YamlReader.ReadAll(new(text), s_limits) is { Problems: [], Documents: [YamlMapping { Entries.Count: > 0 } root] } ? root : null;

    private static IEnumerable<YamlEntry> Entries(YamlNode node) => node switch
    {
        YamlMapping map => map.Entries.SelectMany(e => Entries(e.Value).Prepend(e)),
        YamlSequence list => list.Items.SelectMany(Entries),
        _ => [],
    };

    private static bool Lines(string text, Code code)
    {
        foreach (var written in text.AsSpan().EnumerateLines())
        {
            if (written.TrimStart() is ['#' or ';', ..] or ['/', '/', ..]) continue;
            var at = written.IndexOfAny('=', ':');
            if (at is <= 0 or > 80 || written[..at].Trim().Contains(' ')) continue;
            // a name in quotes, as in JSON
            if (IsStrong(written[..at].Trim().Trim("\"'").ToString()) && IsLiteral(written[(at + 1)..], code)) return true;
        }
        return false;
    }

    private static bool IsLiteral(ReadOnlySpan<char> written, Code code)
    {
        var value = written.Trim().TrimEnd(",;").TrimEnd().ToString();
        var quoted = Quoted().Match(value);
        if (code == Code.Shell && (written is [' ', ..] || (value.Contains('$') && (quoted.Groups["quote"].Value != "'" || Variable().IsMatch(quoted.Groups["value"].Value))))) return false;
        if (quoted.Success) return IsLiteral(quoted.Groups["value"].Value, isText: true);
        // an address begins with what looks like a name
        return code != Code.Program && !value.StartsWith("//", StringComparison.Ordinal) && IsLiteral(value, isText: false);
    }

    private static Code CodeOf(string name, string text) => Shell().IsMatch(name) ? Code.Shell
        : Program().IsMatch(name) ? Code.Program
        : !text.StartsWith("#!", StringComparison.Ordinal) ? Code.None
        : ShellLine().IsMatch(text) ? Code.Shell : Code.Program;

    private enum Code { None, Shell, Program }

    [GeneratedRegex(@"\.(ya?ml|json|toml|xml|ini|conf|cfg|properties)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Structured();

    [GeneratedRegex(@"\.(sh|bash|ksh|zsh)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Shell();

    [GeneratedRegex(@"\.(py|[cm]?[jt]sx?|lua|rb|pl|php|go|java|kts?|groovy|ps1|rego|tcl|star|jq|sql|tpl|tmpl)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Program();

    [GeneratedRegex(@"^#![^\n]*\b(ba|k|z|da)?sh\b", RegexOptions.CultureInvariant)]
    private static partial Regex ShellLine();

    [GeneratedRegex(@"^(?<quote>[""'])(?<value>((?!\k<quote>).)*)\k<quote>\s*(#.*|//.*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    // a list, a mapping, a call, a place in a list, an attribute, {NAME}, !tag, `command`, a comparison, NAME_OF_A_VARIABLE
    [GeneratedRegex(@"^([\[({`!|>=]|[A-Za-z_][\w.]*[(\[]|[a-z_]+(\.[a-z_]+)+$|[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$)", RegexOptions.CultureInvariant)]
    private static partial Regex Computed();

    // the same in a text: only what is such a thing from its first sign to its last
    [GeneratedRegex(@"^(\[.*\]|\(.*\)|\{.*\}|\{[A-Za-z][\w.-]*\}.*|%\(\w+\)s|@Microsoft\.KeyVault\(.*\)|`.*`|![A-Za-z_]\w* .*|[A-Za-z_][\w.]*(\(.*\)|\[.*\])|[a-z_]+(\.[a-z_]+)+|[A-Z][A-Z0-9]*(_[A-Z0-9]+)+)$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex ComputedText();

    // in single quotes a shell expands nothing; a variable alone is for whoever reads it then
    [GeneratedRegex(@"^\$(\{.*\}|\(.*\)|[A-Z_][A-Z0-9_]*|[0-9@*#?])$", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}
