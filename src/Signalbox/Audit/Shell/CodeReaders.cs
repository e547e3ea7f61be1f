using System.Text.RegularExpressions;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Shell;

/// <summary>Programs that read their words, or what they are sent, as code: there a variable's text is no mere text.</summary>
internal static partial class CodeReaders
{
    /// <summary>The words of a command that are read as code: <c>eval …</c>, <c>bash -c …</c> wherever it stands, <c>ssh host …</c>, <c>bash &lt;&lt;&lt; …</c>.</summary>
    public static IEnumerable<ShellWord> Code(ShellCommand command)
    {
        if (command.Program == "eval") return command.Arguments;
        if (command.Program == "trap") return command.Arguments.Where(a => !a.Text.StartsWith('-')).Take(1);
        if (command.Program is "awk" or "gawk" or "mawk") return Awk(command);
        var remote = RemoteScript.Words(command);
        var here = IsInterpreter(command) ? command.Redirects.Where(r => r.Operator == "<<<").Select(r => r.Target) : [];
        return remote.Count > 0 ? remote : Given(command).Concat(here);
    }

    /// <summary>Whether what is put into a script at a place is read as code by another program than the script's own shell.</summary>
    public static bool Read(ShellScript script, int place)
    {
        foreach (var command in script.Commands)
        {
            if (command.HereDocument is { } here && here.Start <= place && place < here.End) return IsInterpreter(command) || RemoteScript.Of(script, command) is not null || IsPiped(script, command) || IsWrittenAndRun(script, command);
            if (command.Range.Start > place || place >= command.Range.End) continue;
            if (Code(command).Any(w => w.Range.Start <= place && place < w.Range.End)) return true;
            if (IsPiped(script, command)) return true;
        }
        return false;
    }

    private static bool IsPiped(ShellScript script, ShellCommand command) => command.Link == ShellLink.Pipe && script.PipelineFrom(command).Skip(1).Any(c => IsInterpreter(c) || c.Program == "ssh");

    // cat > x.sh <<E … E, and bash x.sh
    private static bool IsWrittenAndRun(ShellScript script, ShellCommand command) => command.Redirects.Where(r => r.Operator is ">" or ">>").Select(r => r.Target.Text).Any(file => script.Commands.Any(c => c.Range.Start > command.Range.Start
        && (c.ProgramPath is { } program && program.TrimStart('.', '/') == file.TrimStart('.', '/') || (Interpreters.Is(c.Program) || c.Program is "." or "source") && c.Arguments.Any(a => a.Text == file))));

    /// <summary>A word that is read as code, as text in which only what the script's own shell expands counts.</summary>
    public static string Expanded(string script, ShellWord word)
    {
        var written = script[word.Range.Start..word.Range.End];
        if (written.StartsWith('\'')) return "";
        var text = written.Contains("\\$", StringComparison.Ordinal) ? written.Replace("\\$", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal) : word.Text;
        return text.Contains('$') ? QuotedAgain().Replace(text, "") : text;
    }

    // gnu.org, "Bash Reference Manual": what is quoted once more is one word to whoever reads it again
    [GeneratedRegex(@"\$\{\w+@Q\}|\$\(\s*printf\s+[""']?%q[^()]*\)", RegexOptions.CultureInvariant)]
    private static partial Regex QuotedAgain();

    /// <summary>awk's program: what <c>-v</c> hands it is text.</summary>
    private static IEnumerable<ShellWord> Awk(ShellCommand command)
    {
        for (var i = 0; i < command.Arguments.Length; i++)
        {
            var text = command.Arguments[i].Text;
            if (text is "-f" or "--file") yield break;
            if (text is "-F" or "-v") i++;
            else if (!text.StartsWith('-'))
            {
                yield return command.Arguments[i];
                yield break;
            }
        }
    }

    // what starts the command that is written behind it; of options' values the first word is none
    private static readonly HashSet<string> s_starters = new(StringComparer.Ordinal)
    {
        "docker", "podman", "nerdctl", "docker-compose", "kubectl", "oc", "crictl", "timeout", "nice", "ionice", "watch", "flock", "chroot", "nsenter", "unshare", "runuser", "doas", "gosu", "su-exec", "setsid", "stdbuf", "poetry", "uv", "pipenv",
    };

    /// <summary>Whether a word is a program that the command starts, and no mere name.</summary>
    private static bool IsStarted(ShellCommand command, int at)
    {
        var program = command.Words.Length - command.Arguments.Length - 1;
        if (at <= program) return at == program;
        var before = command.Words[at - 1].Text;
        return command.Program switch
        {
            "find" => before is "-exec" or "-execdir" or "-ok" or "-okdir",
            "xargs" or "parallel" => true,
            var name when s_starters.Contains(name) => before == "--" || !before.StartsWith('-'),
            // sudo -u NAME bash: the name stands where the program is looked for
            _ => at == program + 1 && program > 0 && command.Words[program - 1].Text is ['-', ..] && command.Words.Take(program).Any(w => w.Text == "sudo"),
        };
    }

    // bash -lc '…', su -c '…', find -exec sh -c '…', docker exec web bash -c '…', node -e '…'
    private static IEnumerable<ShellWord> Given(ShellCommand command)
    {
        var words = command.Words;
        for (var i = 0; i < words.Length; i++)
        {
            var name = words[i].Text[(words[i].Text.LastIndexOf('/') + 1)..];
            if (words[i].Quoted || !IsStarted(command, i) || (!Interpreters.Is(name) && name != "su")) continue;
            var at = i + 1;
            while (at < words.Length && words[at].Text.StartsWith('-') && !TakesCode(name, words[at].Text)) at++;
            // su NAME -c '…'
            if (name == "su" && at + 1 < words.Length && !words[at].Text.StartsWith('-')) at++;
            if (at + 1 < words.Length && TakesCode(name, words[at].Text)) yield return words[at + 1];
        }
    }

    private static bool TakesCode(string program, string option) => program switch
    {
        "su" => option is "-c" or "--command",
        "python" or "python2" or "python3" => option == "-c",
        "node" => option is "-e" or "-p" or "--eval" or "--print",
        "perl" or "ruby" => option is ['-', not '-', .., 'e'],
        "php" => option == "-r",
        "pwsh" or "powershell" => option.Equals("-c", StringComparison.OrdinalIgnoreCase) || option.Equals("-command", StringComparison.OrdinalIgnoreCase),
        _ => option is ['-', not '-', ..] && option.Contains('c'),
    };

    // with a file to run, what it is sent is data
    private static bool IsInterpreter(ShellCommand command) => Interpreters.Is(command.Program) && command.Arguments.All(a => a.Text.StartsWith('-') && !TakesCode(command.Program, a.Text));
}
