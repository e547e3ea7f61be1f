using System.Text.RegularExpressions;
using Signalbox.Pipelines;

namespace Signalbox.Audit.GitHub;

/// <summary>What a script of <c>actions/github-script</c> makes of the event: values that it sets as outputs, and the one that it returns.</summary>
/// <remarks>Source: the action's README. JavaScript is not read but for names that are set once, accesses to the payload and to what the pull request's address answers.</remarks>
internal static partial class GitHubScripts
{
    private const string Result = "result";

    // names that are set from names
    private const int Furthest = 4;

    // longer values are programs
    private const int Longest = 2_000;

    public static bool Is(UsedCode uses) => uses.Is("actions/github-script");

    /// <summary>The contexts that an output's value is read from: <c>github.event.pull_request.title</c>.</summary>
    public static IEnumerable<string> Sources(Step step, string output)
    {
        if (step.Input("script") is not { } script) return [];
        var values = output == Result ? Returned().Matches(script).Select(m => m.Groups["value"].Value)
            : Set().Matches(script).Where(m => m.Groups["name"].Value == output).Select(m => m.Groups["value"].Value);
        return values.SelectMany(v => Paths(script, v, 0)).Distinct();
    }

    private static IEnumerable<string> Paths(string script, string value, int depth)
    {
        if (value.Length > Longest) yield break;
        foreach (Match access in Access().Matches(value))
        {
            if (IsAsked(value, access)) continue;
            var (name, path) = (access.Groups["name"].Value, access.Groups["path"].Value.Replace("?", "", StringComparison.Ordinal));
            if (name == "context" && path.StartsWith(".payload.", StringComparison.Ordinal)) yield return "github.event" + path[".payload".Length..];
            else if (depth < Furthest && Assigned(script, name) is { } set)
            {
                if (PullRequest().IsMatch(set)) yield return "github.event.pull_request" + (path.StartsWith(".data", StringComparison.Ordinal) ? path[".data".Length..] : path);
                else
                    foreach (var source in Paths(script, set, depth + 1)) yield return source + path;
            }
        }
    }

    /// <summary>Whether only an answer or a number is made of it: <c>title.includes('x')</c>, <c>title.length</c>, <c>/x/.test(title)</c>, <c>a === 'b'</c>.</summary>
    private static bool IsAsked(string value, Match access) =>
        Asks().IsMatch(value[(access.Index + access.Length)..]) || access.Groups["path"].Value.EndsWith(".length", StringComparison.Ordinal) || Asking().IsMatch(value[..access.Index]);

    /// <summary>What a name is set to where it is declared; of <c>{ data: name }</c> and <c>{ data }</c> what is taken apart.</summary>
    private static string? Assigned(string script, string name)
    {
        foreach (Match declared in Declared().Matches(script))
            if (declared.Groups["name"].Value == name || declared.Groups["inner"].Value == name) return declared.Groups["value"].Value;
        return null;
    }

    [GeneratedRegex(@"core\s?\.\s?setOutput\(\s{0,9}['""`](?<name>[\w-]{1,100})['""`]\s{0,9},\s{0,99}(?<value>[^;\n]{1,2000})", RegexOptions.CultureInvariant)]
    private static partial Regex Set();

    [GeneratedRegex(@"^[ \t]*return[ \t]+(?<value>[^;\n]{1,2000})", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Returned();

    [GeneratedRegex(@"\b(?:const|let|var)\s{1,9}(?:(?<name>[A-Za-z_$][\w$]{0,100})|\{\s{0,9}(?:data\s{0,9}:\s{0,9})?(?<inner>[A-Za-z_$][\w$]{0,100})\s{0,9}\})\s{0,9}=\s{0,99}(?<value>[^;\n]{1,2000})", RegexOptions.CultureInvariant)]
    private static partial Regex Declared();

    [GeneratedRegex(@"(?<![\w$.'""])(?<name>[A-Za-z_$][\w$]{0,100})(?<path>(?:\??\.[A-Za-z_]\w{0,100}){0,12})(?![\w$(])", RegexOptions.CultureInvariant)]
    private static partial Regex Access();

    [GeneratedRegex(@"^(?:\s{0,9}(?:[!=]==?|[<>]|\?(?![.?])|&&)|\??\.(?:includes|startsWith|endsWith|indexOf|search|match|test|some|every)\()", RegexOptions.CultureInvariant)]
    private static partial Regex Asks();

    [GeneratedRegex(@"(?:\b(?:test|parseInt|Number|Boolean)\(|!|[!=]==?)\s{0,9}$", RegexOptions.CultureInvariant)]
    private static partial Regex Asking();

    [GeneratedRegex(@"\bpulls\s?\.\s?get\s?\(", RegexOptions.CultureInvariant)]
    private static partial Regex PullRequest();
}
