using Signalbox.Audit.GitHub;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Shell;

/// <summary>Text that others wrote and a program fetches: <c>jq</c> from the event's payload, <c>gh</c> from a pull request or an issue.</summary>
internal static class FetchedText
{
    private const string Payload = "GITHUB_EVENT_PATH";
    private static readonly char[] s_steps = ['.', '[', ']', '?'];

    // cli.github.com/manual, "gh pr view" and "gh issue view": fields in which whoever opens one writes what he likes
    private static readonly HashSet<string> s_free = new(StringComparer.Ordinal) { "title", "body", "headRefName", "comments", "commits", "files", "reviews", "latestReviews" };

    // docs.github.com, REST API: the same in what `gh api` answers
    private static readonly HashSet<string> s_answered = new(StringComparer.Ordinal) { "title", "body", "ref", "label", "message", "filename" };

    /// <summary>What a command prints that an outsider may have written.</summary>
    /// <param name="before">The commands whose output is piped into it.</param>
    /// <returns>The sources; empty where it prints only what nobody chooses; null where it fetches nothing.</returns>
    public static IReadOnlyList<string>? Of(ShellCommand command, IReadOnlyList<ShellCommand> before)
    {
        if (command.Program == "jq")
        {
            if (ReadsPayload(command) || before.Any(b => b.Program == "cat" && ReadsPayload(b))) return [.. Paths(Filter(command)).Select(p => "github.event." + p).Where(p => ContextTrust.Of(p) == Control.Free)];
            return before.Count > 0 && Of(before[^1], [.. before.SkipLast(1)]) is { Count: > 0 } && Fields(Filter(command)) is { Count: > 0 } kept ? Sources("gh", kept) : null;
        }
        if (command.Is("gh", "pr", "view") || command.Is("gh", "pr", "list") || command.Is("gh", "issue", "view") || command.Is("gh", "issue", "list")) return Viewed(command);
        if (!command.Is("gh", "api") || !command.Arguments.Any(a => a.Text.Contains("/pulls", StringComparison.Ordinal) || a.Text.Contains("/issues", StringComparison.Ordinal))) return null;
        return (command.Value("--jq") ?? command.Value("-q")) is { } filter ? [.. Sources("gh api", [.. Fields(filter).Where(s_answered.Contains)])] : ["gh api"];
    }

    private static IReadOnlyList<string> Viewed(ShellCommand command)
    {
        var asked = command.Value("--json")?.Split(',', StringSplitOptions.TrimEntries);
        if (asked is null) return [];
        var chosen = (command.Value("--jq") ?? command.Value("-q")) is { } filter ? Fields(filter) : null;
        return Sources($"gh {command.Verb} --json", [.. asked.Where(f => s_free.Contains(f) && (chosen is null || chosen.Count == 0 || chosen.Contains(f)))]);
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

    private static IReadOnlyList<string> Fields(string filter) => [.. Paths(filter).SelectMany(p => p.Split('.'))];

    /// <summary>The paths in a filter: <c>pull_request.title</c> of <c>.pull_request.title // ""</c>; what stands in quotes is no path.</summary>
    private static IEnumerable<string> Paths(string filter)
    {
        for (var at = 0; at < filter.Length; at++)
        {
            if (filter[at] == '"') at = filter.IndexOf('"', at + 1) is >= 0 and var close ? close : filter.Length;
            else if (filter[at] == '.' && at + 1 < filter.Length && (char.IsAsciiLetter(filter[at + 1]) || filter[at + 1] == '_'))
            {
                var end = at + 1;
                while (end < filter.Length && (char.IsAsciiLetterOrDigit(filter[end]) || filter[end] is '_' or '.' or '[' or ']' or '?')) end++;
                yield return string.Join('.', filter[(at + 1)..end].Split(s_steps, StringSplitOptions.RemoveEmptyEntries).Where(p => !char.IsAsciiDigit(p[0])));
                at = end - 1;
            }
        }
    }
}
