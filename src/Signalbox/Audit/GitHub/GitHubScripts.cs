using System.Text.RegularExpressions;
using Signalbox.Pipelines;

namespace Signalbox.Audit.GitHub;

/// <summary>What a script of <c>actions/github-script</c> makes of the event: values that it sets as outputs, and the one that it returns.</summary>
/// <remarks>
/// Source: the action's README. Of JavaScript is read what a name is declared as, and whether a value comes through unchanged or nearly so (<c>trim</c>, <c>split</c>): what a script
/// asks of it, looks up by it or makes of it in any other way is not followed.
/// </remarks>
internal sealed partial class GitHubScripts
{
    private const string Result = "result", Event = "github.event", Payload = ".payload";

    // longer values are programs
    private const int Longest = 2_000;

    private const int MostNames = 200, MostSources = 20, MostReturns = 50;

    private readonly string _script;

    // the same with the insides of texts taken out, sign by sign
    private readonly string _code;

    private readonly Dictionary<string, (string Value, string Path)?> _declared = new(StringComparer.Ordinal);

    // what comes through each name, once it is known
    private readonly Dictionary<string, IReadOnlyList<string>> _sources = new(StringComparer.Ordinal);

    private GitHubScripts(string script)
    {
        (_script, _code) = (script, ScriptText.WithoutTexts(script));
        foreach (Match match in Declaration().Matches(_code))
            if (_declared.Count < MostNames) Declare(match.Groups["names"].Value.Trim(), Value(match.Index + match.Length));
    }

    public static bool Is(UsedCode uses) => uses.Is("actions/github-script");

    /// <summary>The contexts that an output's value is read from: <c>github.event.pull_request.title</c>.</summary>
    public static IEnumerable<string> Sources(Step step, string output) => step.Input("script") is { Length: < 100_000 } script ? new GitHubScripts(script).Of(output) : [];

    private List<string> Of(string output)
    {
        var found = new List<string>();
        if (output == Result)
            foreach (var returned in Return().Matches(_code).Take(MostReturns))
            {
                if (!ScriptText.IsInFunction(_code, returned.Index)) Follow(Value(returned.Index + returned.Length), found);
            }
        else
            foreach (Match set in SetOutput().Matches(_script))
                if (set.Groups["name"].Value == output) Follow(Value(set.Index + set.Length), found);
        return [.. found.Distinct()];
    }

    // one name, or some out of an object: a name twice is one of them, and nobody knows which
    private void Declare(string names, string value)
    {
        if (names.Length == 0) return;
        if (names[0] != '{') Add(names, "");
        else
            foreach (var part in names.Trim('{', '}', ' ', '\n').Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                if (part.Split(':', StringSplitOptions.TrimEntries) is [var key, .. var rest]) Add(rest is [var name] ? name : key, "." + key);

        void Add(string name, string path)
        {
            if (!_declared.TryAdd(name, (value, path))) _declared[name] = null;
        }
    }

    private string Value(int at) => _code[at..ScriptText.EndOf(_code, at, Longest)].Trim();

    /// <summary>The contexts that come through a value.</summary>
    private void Follow(string value, List<string> found)
    {
        if (Fetched(value) is { } fetched)
        {
            if (fetched.Length > 0) found.Add(fetched);
            return;
        }
        foreach (Match access in Access().Matches(value))
            if (ScriptText.ComesThrough(value, access.Index, access.Index + access.Length)) found.AddRange(Of(access.Groups["name"].Value, access.Groups["path"].Value.Replace("?", "", StringComparison.Ordinal)));
    }

    private List<string> Of(string name, string path)
    {
        if (name == "context") return path.StartsWith(Payload + ".", StringComparison.Ordinal) ? [Event + path[Payload.Length..]] : [];
        if (!_declared.TryGetValue(name, out var declared) || declared is not var (value, within) || IsChecked(name)) return [];
        var rest = within + path;
        if (Fetched(value) is "" && Asked(value) is { } asked) return rest.StartsWith(".data.", StringComparison.Ordinal) ? [asked + rest[".data".Length..]] : [];
        if (!_sources.TryGetValue(name, out var sources))
        {
            // by way of itself nothing more comes
            _sources[name] = [];
            var found = new List<string>();
            Follow(value, found);
            _sources[name] = sources = [.. found.Distinct().Take(MostSources)];
        }
        return [.. sources.Select(s => s + rest)];
    }

    // a test or a list that says which values are taken
    private bool IsChecked(string name) => _code.Contains($".test({name})", StringComparison.Ordinal) || _code.Contains($".includes({name})", StringComparison.Ordinal) || _code.Contains($".has({name})", StringComparison.Ordinal);

    /// <summary>Which pull request or issue a value asks GitHub for; null where it asks for none.</summary>
    private static string? Asked(string value) => Call().Match(value) is not { Success: true } call ? null : call.Groups["what"].ValueSpan is "pulls" ? Event + ".pull_request" : Event + ".issue";

    /// <summary>What is taken out of such an answer at once: <c>(await github.rest.pulls.get(…)).data.head.ref</c>; empty where that is not said.</summary>
    private static string? Fetched(string value) => Asked(value) is not { } asked ? null : Taken().Match(value) is { Success: true } taken ? asked + taken.Groups["path"].Value.Replace("?", "", StringComparison.Ordinal) : "";

    [GeneratedRegex(@"core\s?\.\s?setOutput\(\s{0,9}['""`](?<name>[\w-]{1,100})['""`]\s{0,9},", RegexOptions.CultureInvariant)]
    private static partial Regex SetOutput();

    [GeneratedRegex(@"(?<![\w$.])return(?=[ \t(`])", RegexOptions.CultureInvariant)]
    private static partial Regex Return();

    [GeneratedRegex(@"(?<![\w$.])(?:const|let|var)\s{1,9}(?<names>[A-Za-z_$][\w$]{0,100}|\{[^{}=]{1,300}\})\s{0,9}=(?![=>])", RegexOptions.CultureInvariant)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"(?<![\w$.])(?<name>[A-Za-z_$][\w$]{0,100})(?<path>(?>(?:\??\.[A-Za-z_]\w{0,100}(?![\w(]))*))", RegexOptions.CultureInvariant)]
    private static partial Regex Access();

    [GeneratedRegex(@"(?<![\w$])(?<what>pulls|issues)\s?\.\s?get\s?\(", RegexOptions.CultureInvariant)]
    private static partial Regex Call();

    [GeneratedRegex(@"\)\s?\.data(?<path>(?:\??\.[A-Za-z_]\w{0,100}){1,9})$", RegexOptions.CultureInvariant)]
    private static partial Regex Taken();
}
