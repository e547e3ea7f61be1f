using Signalbox.Pipelines;
using Signalbox.Pipelines.Shell;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitHub;

/// <summary>A value a script writes into GITHUB_OUTPUT, GITHUB_ENV or GITHUB_STATE.</summary>
/// <param name="Range">The command, as a piece of the script.</param>
internal readonly record struct RunnerFileWrite(string Name, string Value, TextRange Range);

/// <summary>Reads <c>echo "NAME=VALUE" &gt;&gt; $GITHUB_OUTPUT</c> and its relatives.</summary>
internal static class RunnerFileWrites
{
    public static IEnumerable<RunnerFileWrite> Of(Script script, string file)
    {
        foreach (var command in script.Shell.Commands)
        {
            if (WritesTo(script.Shell, command, file))
            {
                foreach (var write in Pairs(script, command)) yield return write;
            }
            else if (file == "GITHUB_OUTPUT" && Withdrawn(command, "set-output") is { } output) yield return output;
            else if (file == "GITHUB_ENV" && Withdrawn(command, "set-env") is { } env) yield return env;
        }
    }

    /// <summary>Whether what the command prints ends in the file: by redirection or through tee.</summary>
    public static bool WritesTo(ShellScript script, ShellCommand command, string file) =>
        command.Redirects.Any(r => r.Operator.Contains('>') && Names(r.Target.Text, file))
        || (command.Link == ShellLink.Pipe && script.After(command) is { Program: "tee" } tee && tee.Arguments.Any(a => Names(a.Text, file)));

    /// <summary>Whether a word is the file's variable in any shell's spelling.</summary>
    public static bool Names(string word, string file) => word.Contains(file, StringComparison.OrdinalIgnoreCase)
        && word.Trim('$', '{', '}', '%', '"', '\'').Replace("env:", "", StringComparison.OrdinalIgnoreCase).Equals(file, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<RunnerFileWrite> Pairs(Script script, ShellCommand command)
    {
        foreach (var word in command.Arguments)
            if (word.Text.IndexOf('=') is > 0 and var at && IsName(word.Text.AsSpan(0, at))) yield return new(word.Text[..at], word.Text[(at + 1)..], command.Range);
        if (command.HereDocument is not { } here) yield break;
        foreach (var line in script.Text[here.Start..here.End].Split('\n'))
            if (line.IndexOf('=') is > 0 and var at && IsName(line.AsSpan(0, at).Trim())) yield return new(line[..at].Trim(), line[(at + 1)..], command.Range);
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
