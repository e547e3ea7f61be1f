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

    // redirections of groups further out than that are not looked at
    private const int Furthest = 16;

    private readonly List<Group> _groups = [];
    private readonly Dictionary<ShellCommand, Group> _inner = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<ShellCommand, ShellCommand> _before = new(ReferenceEqualityComparer.Instance);
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
        Join();
        Follow();
    }

    public static ShellGroups Of(ShellScript script) => s_read.GetValue(script, static s => new(s));

    /// <summary>The commands whose redirections are those of a command too: it, and the ends of the groups it stands in.</summary>
    public IEnumerable<ShellCommand> Around(ShellCommand command) =>
        [command, .. Outward(_inner.GetValueOrDefault(command)).Take(Furthest).Select(g => g.End)];

    /// <summary>Whether something may keep a command from being run: the group it stands in, or the command before it.</summary>
    public bool IsConditional(ShellCommand command) => _inner.GetValueOrDefault(command)?.Conditional == true || Before(command) is { Link: ShellLink.And or ShellLink.Or };

    /// <summary>The command before one on the same level, or null.</summary>
    public ShellCommand? Before(ShellCommand command) => _before.GetValueOrDefault(command);

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
        _groups.Add(new(top.At, end.Range.Start, end, top.Word is not ("{" or "(")));
    }

    // groups lie within one another: the innermost around each command, and the one around that
    private void Join()
    {
        List<Group> groups = [.. _groups.OrderBy(g => g.From).ThenByDescending(g => g.To)];
        Group? around = null;
        var next = 0;
        foreach (var command in _script.Commands)
        {
            for (; next < groups.Count && groups[next].From <= command.Range.Start; next++)
            {
                around = Around(around, groups[next].From);
                groups[next].Lies(around);
                around = groups[next];
            }
            around = Around(around, command.Range.Start);
            if (around is not null) _inner.Add(command, around);
        }
    }

    private static Group? Around(Group? group, int at) => Outward(group).FirstOrDefault(g => at < g.To);

    private static IEnumerable<Group> Outward(Group? group)
    {
        for (; group is not null; group = group.Outer) yield return group;
    }

    private void Follow()
    {
        // the last command of each level so far
        var last = new List<ShellCommand>();
        foreach (var command in _script.Commands)
        {
            if (last.Count > command.Depth)
            {
                _before.Add(command, last[command.Depth]);
                last.RemoveRange(command.Depth, last.Count - command.Depth);
            }
            last.Add(command);
        }
    }

    private sealed class Group(int from, int to, ShellCommand end, bool conditional)
    {
        public int From => from;

        public int To => to;

        /// <summary>The command that ends it: its redirections are the group's.</summary>
        public ShellCommand End => end;

        /// <summary>Whether it, or a group around it, may be left out.</summary>
        public bool Conditional { get; private set; } = conditional;

        public Group? Outer { get; private set; }

        public void Lies(Group? outer)
        {
            Outer = outer;
            Conditional |= outer?.Conditional == true;
        }
    }
}
