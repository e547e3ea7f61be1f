using System.Text.RegularExpressions;
using Signalbox.Audit.GitHub;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Shell;

/// <summary>Text that others wrote and a program fetches: <c>jq</c> from the event's payload, <c>gh</c> from a pull request or an issue.</summary>
internal static partial class FetchedText
{
    private const string Payload = "GITHUB_EVENT_PATH";
    private static readonly char[] s_steps = ['.', '[', ']', '?'];

    // cli.github.com/manual, "gh pr view" and "gh issue view": fields in which whoever opens one writes what he likes
    private static readonly HashSet<string> s_free = new(StringComparer.Ordinal) { "title", "body", "headRefName", "comments", "commits", "files", "reviews", "latestReviews", "messageHeadline", "messageBody", "path" };

    // docs.github.com, REST API: the same in what `gh api` answers
    private static readonly HashSet<string> s_answered = new(StringComparer.Ordinal) { "title", "body", "ref", "label", "message", "filename" };

    /// <summary>What a command prints that an outsider may have written.</summary>
    /// <param name="before">The commands whose output is piped into it.</param>
    /// <returns>The sources; empty where it prints only what nobody chooses; null where it fetches nothing.</returns>
    public static IReadOnlyList<string>? Of(ShellCommand command, IReadOnlyList<ShellCommand> before)
    {
        if (command.Program == "jq")
        {
            if (ReadsPayload(command) || before.Any(b => b.Program == "cat" && ReadsPayload(b))) return [.. (Stages(Filter(command)) ?? []).SelectMany(Paths).Select(p => "github.event." + p).Where(p => ContextTrust.Of(p) == Control.Free)];
            if (before.Count == 0 || Of(before[^1], [.. before.SkipLast(1)]) is not { } given) return null;
            return given.Count == 0 ? given : Chosen(Filter(command)) is { } kept ? Sources("gh", kept) : null;
        }
        if (command.Is("gh", "pr", "view") || command.Is("gh", "pr", "list") || command.Is("gh", "issue", "view") || command.Is("gh", "issue", "list")) return Viewed(command);
        if (!command.Is("gh", "api") || !command.Arguments.Any(a => a.Text.Contains("/pulls", StringComparison.Ordinal) || a.Text.Contains("/issues", StringComparison.Ordinal))) return null;
        return (command.Value("--jq") ?? command.Value("-q")) is { } filter ? Sources("gh api", Chosen(filter) ?? []) : ["gh api"];
    }

    /// <summary>Whether a command prints how much there is of what it reads, and nothing of it.</summary>
    public static bool Counts(ShellCommand command) => command.Program == "jq" && Stages(Filter(command)) is null;

    private static IReadOnlyList<string> Viewed(ShellCommand command)
    {
        var asked = command.Value("--json")?.Split(',', StringSplitOptions.TrimEntries);
        if (asked is null) return [];
        var free = asked.Where(s_free.Contains).ToList();
        if ((command.Value("--jq") ?? command.Value("-q")) is { } filter)
        {
            if (Chosen(filter) is { Count: 0 }) return [];
            var named = (Stages(filter) ?? []).SelectMany(Paths).SelectMany(p => p.Split('.')).ToHashSet(StringComparer.Ordinal);
            if (named.Overlaps(free)) free.RemoveAll(f => !named.Contains(f));
        }
        return Sources($"gh {command.Verb} --json", free);
    }

    private static IReadOnlyList<string> Sources(string program, IReadOnlyList<string> fields) => [.. fields.Distinct().Select(f => $"{program} {f}")];

    private static bool ReadsPayload(ShellCommand command) =>
        command.Arguments.Any(IsPayload) || command.Redirects.Any(r => r.Operator == "<" && IsPayload(r.Target));

    private static bool IsPayload(ShellWord word) => word.Text.Contains(Payload, StringComparison.Ordinal) || word.Text.Contains("github.event_path", StringComparison.Ordinal);

    /// <summary>jq's program: the first argument that is neither an option nor an option's value.</summary>
    private static string Filter(ShellCommand command)
    {
        for (var i = 0; i < command.Arguments.Length; i++)
        {
            var text = command.Arguments[i].Text;
            if (text is "--arg" or "--argjson" or "--slurpfile" or "--rawfile") i += 2;
            else if (text is "--indent" or "-L") i++;
            else if (!text.StartsWith('-')) return text;
        }
        return "";
    }

    /// <summary>The fields that a filter prints and an outsider writes: what its last paths end in. Null where it names none.</summary>
    private static IReadOnlyList<string>? Chosen(string filter)
    {
        if (Stages(filter) is not { } stages) return [];
        return stages.Select(s => Paths(s).ToList()).LastOrDefault(p => p.Count > 0) is { } paths
            ? [.. paths.Select(p => p[(p.LastIndexOf('.') + 1)..]).Where(f => s_free.Contains(f) || s_answered.Contains(f))] : null;
    }

    /// <summary>What a filter pipes into one another, without texts and what only asks; null where it prints a length.</summary>
    private static string[]? Stages(string filter)
    {
        // longer ones are no lines of a script
        if (filter.Length > 2_000) return [filter];
        var stages = Asked().Replace(Quoted().Replace(filter, "\"\""), "").Split('|');
        return stages[^1].Trim(' ', ')', ']') == "length" ? null : stages;
    }

    [GeneratedRegex(@"""(?:\\.|[^""\\])*""", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    // with the brackets in it: select(.body | contains("bot"))
    [GeneratedRegex(@"\b(select|test)\((?>[^()]+|\((?<open>)|\)(?<-open>))*(?(open)(?!))\)", RegexOptions.CultureInvariant)]
    private static partial Regex Asked();

    /// <summary>The paths in a filter: <c>pull_request.title</c> of <c>.pull_request.title // ""</c>; what stands in quotes is no path.</summary>
    private static IEnumerable<string> Paths(string filter)
    {
        for (var at = 0; at < filter.Length; at++)
        {
            if (filter[at] == '"') at = filter.IndexOf('"', at + 1) is >= 0 and var close ? close : filter.Length;
            else if (filter[at] == '.' && at + 1 < filter.Length && (char.IsAsciiLetter(filter[at + 1]) || filter[at + 1] == '_'))
            {
                var end = at + 1;
                while (end < filter.Length && (char.IsAsciiLetterOrDigit(filter[end]) || filter[end] is '_' or '.' or '[' or ']' or '?')) end = filter[end] == '[' && filter.IndexOf(']', end) is > 0 and var close ? close : end + 1;
                yield return string.Join('.', filter[(at + 1)..end].Split(s_steps, StringSplitOptions.RemoveEmptyEntries).Where(p => char.IsAsciiLetter(p[0]) || p[0] == '_'));
                at = end - 1;
            }
        }
    }
}
