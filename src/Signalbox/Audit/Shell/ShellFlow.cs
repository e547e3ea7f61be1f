using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Shell;

/// <summary>Where a piece of a script's text comes from. One of the first three is set, or <paramref name="File"/>.</summary>
/// <param name="Variable">A variable that the script does not set: it is in the environment, or nowhere.</param>
/// <param name="Outside">What a program fetches that others wrote: <c>github.event.issue.title</c>, <c>gh pr view --json title</c>.</param>
/// <param name="Written">Text as it is written, in which a platform may put something.</param>
/// <param name="Via">The variables it went through, from the use backwards: <c>$TITLE</c>.</param>
/// <param name="File">A file whose text a program prints, by its path as it is written.</param>
internal sealed record ShellOrigin(string? Variable, string? Outside, string? Written, IReadOnlyList<string> Via, string? File = null);

/// <summary>
/// Follows text through a shell's own means, as its reader sees them: assignments, <c>read</c>, loops over words, command
/// substitutions, pipes, here-strings and here-documents. Nothing is run, and what a program makes of its input is only known for few.
/// </summary>
/// <param name="scripts">Scripts that one shell runs one after another.</param>
internal sealed class ShellFlow(IReadOnlyList<ShellScript> scripts)
{
    // a longer way than that is taken as unknown
    private const int Furthest = 8;

    // scripts that set one variable from another over and over, or nest one substitution in another, must not take long
    private const int MostLookups = 400;

    private int _left;

    /// <summary>What flows into a piece of text that stands in a script.</summary>
    /// <param name="text">Without its quotes; expansions as they are written.</param>
    /// <param name="script">Which script it stands in.</param>
    /// <param name="at">Where the command begins that uses it: what is set later does not count.</param>
    public IReadOnlyList<ShellOrigin> Into(string text, int script, int at)
    {
        _left = MostLookups;
        return [.. Text(text, new(script, at), [], 0)];
    }

    private readonly record struct Place(int Script, int At);

    /// <param name="depth">How many substitutions it stands in.</param>
    private IEnumerable<ShellOrigin> Text(string text, Place place, IReadOnlyList<string> via, int depth)
    {
        if (via.Count > Furthest || depth > Furthest || _left-- <= 0) yield break;
        if (text.Contains("{{", StringComparison.Ordinal) || text.Contains("$(", StringComparison.Ordinal)) yield return new(null, null, text, via);
        var plain = text;
        if (text.Contains("$(", StringComparison.Ordinal) || text.Contains('`'))
        {
            // quotes within are quotes of the substitutions'
            var whole = ShellScript.Parse($": \"{text}\"");
            if (whole.Commands is [{ Arguments: [{ Nested: { Count: > 0 } nested }, ..] }, ..])
            {
                plain = Without(whole.Text, nested);
                foreach (var origin in Output(whole.Text, [.. nested.Where(c => c.Depth == 1)], place, via, depth + 1)) yield return origin;
            }
        }
        foreach (var name in ShellVariables.In(ShellChecks.WithoutCleaned(plain)).Distinct())
            foreach (var origin in Variable(name, place, via)) yield return origin;
    }

    private static string Without(string text, IReadOnlyList<ShellCommand> commands)
    {
        var plain = text.ToCharArray();
        foreach (var command in commands) plain.AsSpan(command.Range.Start, command.Range.Length).Fill(' ');
        return new(plain);
    }

    /// <summary>What commands print, pipeline by pipeline; they stand in a text of their own, their variables are those of a place.</summary>
    private IEnumerable<ShellOrigin> Output(string text, IReadOnlyList<ShellCommand> commands, Place place, IReadOnlyList<string> via, int depth)
    {
        var flowing = new List<ShellOrigin>();
        IReadOnlyList<ShellCommand> before = [];
        foreach (var command in commands)
        {
            flowing = [.. Printed(text, command, flowing, before, place, via, depth)];
            before = command.Link == ShellLink.Pipe ? [.. before.TakeLast(Furthest), command] : [];
            if (command.Link == ShellLink.Pipe) continue;
            foreach (var origin in flowing) yield return origin;
            flowing = [];
        }
        foreach (var origin in flowing) yield return origin;
    }

    private IEnumerable<ShellOrigin> Printed(string text, ShellCommand command, List<ShellOrigin> input, IReadOnlyList<ShellCommand> before, Place place, IReadOnlyList<string> via, int depth)
    {
        if (FetchedText.Of(command, before) is { } fetched) return fetched.Select(f => new ShellOrigin(null, f, null, via));
        if (!(ShellText.PassesOn(command) || ShellText.IsRead(command)) || ShellChecks.Cleans(command) || FetchedText.Counts(command)) return [];
        var own = ShellText.Words(text, command).Concat(Given(text, command)).SelectMany(w => Text(w, place, via, depth)).Concat(ShellText.FilesRead(command).Select(f => new ShellOrigin(null, null, null, via, f)));
        return command.Program is "echo" or "printf" ? own : [.. input, .. own];
    }

    /// <summary>The text that a here-string, a here-document or <c>&lt; &lt;(…)</c> hands to a command.</summary>
    private static IEnumerable<string> Given(string text, ShellCommand command)
    {
        foreach (var redirect in command.Redirects)
            if (redirect.Operator == "<<<") yield return ShellText.Expanded(text, redirect.Target);
            else if (redirect.Operator == "<" && redirect.Target.Nested.Count > 0) yield return string.Concat("$", redirect.Target.Text.AsSpan(1));
        if (HereText(text, command) is { } here) yield return here;
    }

    /// <summary>A command's here-document as text in which every variable counts; null where there is none.</summary>
    public static string? HereText(string text, ShellCommand command)
    {
        if (command.HereDocument is not { } here || here.End > text.Length) return null;
        var written = text[here.Start..here.End];
        // POSIX: a quoted end word means that nothing is expanded
        return command.Redirects.Any(r => r.Operator is "<<" or "<<-" && text[r.Target.Range.Start] is '\'' or '"' or '\\') ? ShellText.Literal(written) : written;
    }

    private IEnumerable<ShellOrigin> Variable(string name, Place place, IReadOnlyList<string> via)
    {
        if (_left-- <= 0) yield break;
        IReadOnlyList<string> further = [.. via, "$" + name];
        var sure = false;
        for (var script = place.Script; script >= 0 && !sure; script--)
        {
            var commands = scripts[script].Commands;
            for (var i = commands.Length - 1; i >= 0 && !sure; i--)
            {
                var command = commands[i];
                if (script == place.Script && command.Range.Start >= place.At) continue;
                // what was set before is known to be a number or a word
                if (ShellChecks.Stops(scripts[script], command, name)) yield break;
                if (Set(scripts[script], command, name) is not { } values) continue;
                foreach (var value in values)
                    foreach (var origin in Text(value, new(script, command.Range.Start), further, 0)) yield return origin;
                sure = !ShellGroups.Of(scripts[script]).IsConditional(command);
            }
        }
        if (!sure) yield return new(name, null, null, via);
    }

    /// <summary>The texts that a command sets a variable to; null where it sets another one, or none.</summary>
    private static IEnumerable<string>? Set(ShellScript script, ShellCommand command, string name)
    {
        if (!script.Text.AsSpan(command.Range.Start, command.Range.Length).Contains(name, StringComparison.Ordinal)) return null;
        IEnumerable<ShellWord> words = command.Program is "export" or "declare" or "local" or "readonly" or "typeset" ? command.Arguments : command.Assignments;
        if (words.FirstOrDefault(w => w.Text.StartsWith(name + "=", StringComparison.Ordinal)) is { } assignment)
            return [Value(script.Text, assignment, name.Length + 1)];
        return command.Program switch
        {
            "for" when command.Arguments is [{ Text: var loop }, { Text: "in" }, .. var items] && loop == name => items.Select(i => ShellText.Expanded(script.Text, i)),
            "read" or "mapfile" or "readarray" when command.Arguments.Any(a => a.Text == name) => Read(script, command),
            "printf" when command.Arguments is [{ Text: "-v" }, { Text: var target }, .. var rest] && target == name => rest.Select(w => ShellText.Expanded(script.Text, w)),
            _ => null,
        };
    }

    private static string Value(string script, ShellWord assignment, int length)
    {
        var value = assignment.Text[length..];
        var at = assignment.Range.Start + length;
        return at < script.Length && script[at] == '\'' && assignment.Range.Length == assignment.Text.Length + 2 ? ShellText.Literal(value) : value;
    }

    // from a here-string or -document of its own or of the loop around it, or from the pipe
    private static IEnumerable<string> Read(ShellScript script, ShellCommand command)
    {
        var groups = ShellGroups.Of(script);
        foreach (var around in groups.Around(command))
            foreach (var text in Given(script.Text, around).Concat(ShellText.FilesRead(around).Select(f => $"$(< {f})"))) yield return text;
        if (groups.Before(command) is not { Link: ShellLink.Pipe } last) yield break;
        var first = last;
        while (groups.Before(first) is { Link: ShellLink.Pipe } before) first = before;
        yield return $"$({script.Text[first.Range.Start..last.Range.End]})";
    }
}
