using System.Runtime.CompilerServices;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Shell;

/// <summary>
/// Which commands of a script stand in a group together: <c>{ …; }</c>, <c>( … )</c>, and what <c>if</c>, <c>for</c>, <c>while</c>, <c>until</c> and
/// <c>case</c> hold. A redirection behind a group is one of every command in it.
/// </summary>
internal sealed class ShellGroups
{
    private static readonly ConditionalWeakTable<ShellScript, ShellGroups> s_read = [];
    private static readonly HashSet<string> s_openers = new(StringComparer.Ordinal) { "{", "if", "for", "while", "until", "case", "select" };
    private static readonly HashSet<string> s_closers = new(StringComparer.Ordinal) { "}", "fi", "done", "esac" };
    private static readonly HashSet<string> s_leads = new(StringComparer.Ordinal) { "then", "do", "else", "elif", "!", "time" };

    private readonly List<(int From, int To, ShellCommand End, bool Conditional)> _groups = [];
    private readonly ShellScript _script;

    private ShellGroups(ShellScript script)
    {
        _script = script;
        var open = new Stack<(string Word, int At)>();
        foreach (var command in script.Commands)
        {
            if (command.Depth > 0) continue;
            Brackets(command, open);
            foreach (var word in command.Words)
            {
                if (word.Quoted) break;
                if (s_openers.Contains(word.Text)) open.Push((word.Text, command.Range.Start));
                else if (s_closers.Contains(word.Text)) Close(open, command, w => w != "(");
                else if (!s_leads.Contains(word.Text)) break;
            }
        }
    }

    public static ShellGroups Of(ShellScript script) => s_read.GetValue(script, static s => new(s));

    /// <summary>The commands whose redirections are those of a command too: it, and the ends of the groups it stands in.</summary>
    public IEnumerable<ShellCommand> Around(ShellCommand command) =>
        [command, .. _groups.Where(g => g.From <= command.Range.Start && command.Range.Start < g.To).Select(g => g.End)];

    /// <summary>Whether something may keep a command from being run: the group it stands in, or the command before it.</summary>
    public bool IsConditional(ShellCommand command)
    {
        if (_groups.Any(g => g.Conditional && g.From <= command.Range.Start && command.Range.Start < g.To)) return true;
        var at = _script.Commands.IndexOf(command);
        return at > 0 && _script.Commands[at - 1] is { Link: ShellLink.And or ShellLink.Or };
    }

    /// <summary>Whether a command only ends a group: what it is said to write, those within write.</summary>
    public static bool IsEnd(ShellCommand command) => command.Words.Length == 0 || (!command.Words[0].Quoted && s_closers.Contains(command.Words[0].Text));

    // what lies between two commands; a here-document or a comment in between may hold any bracket
    private void Brackets(ShellCommand command, Stack<(string Word, int At)> open)
    {
        var from = command.Range.Start;
        while (from > 0 && _script.Text[from - 1] is '(' or ')' or ' ' or '\t' or '\n' or '\r' or ';' or '|' or '&') from--;
        for (; from < command.Range.Start; from++)
            if (_script.Text[from] == '(') open.Push(("(", from));
            else if (_script.Text[from] == ')' && open.TryPeek(out var top) && top.Word == "(")
            {
                // only what stands behind the bracket itself is the group's: a redirection, or the next program of a pipe
                var between = _script.Text.AsSpan(from + 1, command.Range.Start - from - 1).Trim();
                if (command.Words.Length == 0 ? between.IsEmpty : between is "|") Close(open, command, w => w == "(");
                else open.Pop();
            }
    }

    private void Close(Stack<(string Word, int At)> open, ShellCommand end, Predicate<string> fits)
    {
        if (!open.TryPeek(out var top) || !fits(top.Word)) return;
        open.Pop();
        _groups.Add((top.At, end.Range.Start, end, top.Word is not ("{" or "(")));
    }
}
