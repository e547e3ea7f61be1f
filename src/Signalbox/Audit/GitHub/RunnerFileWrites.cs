using Signalbox.Audit.Shell;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Shell;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitHub;

/// <summary>A value a script writes into GITHUB_OUTPUT, GITHUB_ENV or GITHUB_STATE.</summary>
/// <param name="Value">As written, without quotes: what a shell expands in it stays.</param>
/// <param name="Range">The command, as a piece of the script.</param>
internal readonly record struct RunnerFileWrite(string Name, string Value, TextRange Range);

/// <summary>Reads <c>echo "NAME=VALUE" &gt;&gt; $GITHUB_OUTPUT</c> and its relatives: groups, printf, here-documents, values of several lines.</summary>
internal static class RunnerFileWrites
{
    public static IEnumerable<RunnerFileWrite> Of(Script script, string file)
    {
        if (script.Text.Contains(file, StringComparison.OrdinalIgnoreCase))
            foreach (var write in Pairs(Lines(script, file))) yield return write;
        foreach (var command in script.Shell.Commands)
            if (file == "GITHUB_OUTPUT" && Withdrawn(command, "set-output") is { } output) yield return output;
            else if (file == "GITHUB_ENV" && Withdrawn(command, "set-env") is { } env) yield return env;
    }

    /// <summary>Whether what the command prints ends in the file: by redirection, its own or that of a group around it, or through tee.</summary>
    public static bool WritesTo(ShellScript script, ShellCommand command, string file) =>
        IsSent(script, command, file) || (command.Depth == 0 && ShellGroups.Of(script).Around(command).Skip(1).Any(g => IsSent(script, g, file) || IsTee(g, file)) && !IsPiped(script, command));

    /// <summary>Whether a word is the file's variable in any shell's spelling.</summary>
    public static bool Names(string word, string file) => word.Contains(file, StringComparison.OrdinalIgnoreCase)
        && word.Trim('$', '{', '}', '%', '"', '\'').Replace("env:", "", StringComparison.OrdinalIgnoreCase).Equals(file, StringComparison.OrdinalIgnoreCase);

    private static bool IsSent(ShellScript script, ShellCommand command, string file) =>
        command.Redirects.Any(r => r.Operator.Contains('>') && Names(r.Target.Text, file))
        || (command.Link == ShellLink.Pipe && script.After(command) is { } next && IsTee(next, file));

    private static bool IsTee(ShellCommand command, string file) => command.Program == "tee" && command.Arguments.Any(a => Names(a.Text, file));

    // within a group only the end of a pipe, and what is sent nowhere else, is the group's output
    private static bool IsPiped(ShellScript script, ShellCommand command) =>
        ShellGroups.IsEnd(command) || command.Link == ShellLink.Pipe || command.Redirects.Any(r => r.Operator is ">" or ">>" or "1>" or "1>>" or "&>" or "&>>");

    /// <summary>What is written to the file, line by line; what a program prints that is not known stands as its command.</summary>
    private static IEnumerable<(string Line, TextRange Range)> Lines(Script script, string file)
    {
        var shell = script.Shell;
        ShellCommand? first = null;
        foreach (var command in shell.Commands)
        {
            if (command.Depth > 0) continue;
            first ??= command;
            if (!ShellGroups.IsEnd(command) && WritesTo(shell, command, file))
                foreach (var line in Printed(script.Text, first, command)) yield return (line, command.Range);
            if (command.Link != ShellLink.Pipe) first = null;
        }
    }

    private static IEnumerable<string> Printed(string script, ShellCommand first, ShellCommand last)
    {
        if (last.Program == "cat" && ShellFlow.HereText(script, last) is { } here) return here.TrimEnd('\n').Split('\n').Select(l => l.Trim('\r', '\t', ' '));
        if (ShellText.Printed(script, first) is { } lines && (ReferenceEquals(first, last) || ShellText.PassesOn(last))) return lines;
        return IsSilent(last) ? [] : [$"$({script[first.Range.Start..last.Range.End]})"];
    }

    private static readonly HashSet<string> s_silent = new(StringComparer.Ordinal)
    {
        "[", "[[", "test", "for", "read", "cd", "export", "set", "local", "declare", "readonly", "true", "false", "case", ":", "continue", "break", "exit", "return", "shift", "sleep", "mkdir", "unset", "trap",
    };

    /// <summary>Whether a program prints nothing, so that nothing of it reaches a file that its group is written to.</summary>
    public static bool IsSilent(ShellCommand command) => command.Program.Length == 0 || s_silent.Contains(command.Program) || (command.Program == "grep" && command.Has("-q"));

    /// <summary><c>NAME=VALUE</c>, and <c>NAME&lt;&lt;END</c> with the lines up to <c>END</c>: docs.github.com, "Workflow commands", multiline strings.</summary>
    private static IEnumerable<RunnerFileWrite> Pairs(IEnumerable<(string Line, TextRange Range)> lines)
    {
        (string Name, string End)? open = null;
        foreach (var (line, range) in lines)
        {
            if (open is { } within)
            {
                if (line.Trim() == within.End) open = null;
                else yield return new(within.Name, line, range);
                continue;
            }
            var (equals, mark) = (line.IndexOf('='), line.IndexOf("<<", StringComparison.Ordinal));
            if (mark > 0 && (equals < 0 || mark < equals) && IsName(line.AsSpan(0, mark).Trim())) open = (line[..mark].Trim(), line[(mark + 2)..].Trim());
            else if (equals > 0 && IsName(line.AsSpan(0, equals).Trim())) yield return new(line[..equals].Trim(), line[(equals + 1)..], range);
        }
    }

    private static RunnerFileWrite? Withdrawn(ShellCommand command, string name)
    {
        foreach (var word in command.Arguments)
        {
            var text = word.Text.StartsWith($"::{name}", StringComparison.Ordinal) ? word.Text : $"{word.Text} {command.Last}";
            if (!text.StartsWith($"::{name} name=", StringComparison.Ordinal) || text.IndexOf("::", 2, StringComparison.Ordinal) is not (> 0 and var at)) continue;
            return new(text[(name.Length + 8)..at], text[(at + 2)..], command.Range);
        }
        return null;
    }

    private static bool IsName(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-')) return false;
        return text.Length > 0;
    }
}
