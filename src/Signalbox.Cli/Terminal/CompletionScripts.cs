using System.CommandLine;
using System.Text;
using Signalbox.Cli.Verbs;

namespace Signalbox.Cli.Terminal;

/// <summary>
/// Completion scripts written from the command tree. Verbs and options start nothing; names that only a control plane
/// knows are asked for where one of them is expected.
/// </summary>
internal static class CompletionScripts
{
    /// <summary>What an option's value or an argument is, by its name: words, or a kind of <see cref="NamesVerb"/>.</summary>
    private static readonly Dictionary<string, (string? Words, string? Names)> Values = new(StringComparer.Ordinal)
    {
        ["--format"] = ("text json", null),
        ["--scope"] = ("read logs deploy operate admin evidence approve report metrics viewer deployer approver", null),
        ["--service"] = (null, "services"),
        ["--app"] = (null, "applications"),
        ["--env"] = (null, "environments"),
        ["--to"] = (null, "releases"),
        ["ROLLOUT"] = (null, "rollouts"),
        ["SHELL"] = ("bash zsh fish", null),
    };

    public static string Bash(IReadOnlyList<Command> verbs)
    {
        var groups = string.Join('|', verbs.Where(v => v.Subcommands.Count > 0).Select(v => v.Name));
        var text = new StringBuilder("_signalbox() {\n    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path=\"\" words=\"\" word line=$'\\n'\n");
        text.Append("    (( COMP_CWORD > 1 )) && path=\" ${COMP_WORDS[1]}\"\n");
        text.Append($"    case \"$path\" in {string.Join('|', groups.Split('|').Select(name => $"\" {name}\""))}) (( COMP_CWORD > 2 )) && path+=\" ${{COMP_WORDS[2]}}\" ;; esac\n");
        text.Append("    case \"$prev\" in\n");
        foreach (var (name, value) in Values.Where(v => v.Key[0] == '-')) text.Append($"        {name}) words=\"{BashWords(value)}\" ;;\n");
        text.Append("        *) case \"$path\" in\n");
        foreach (var (path, command) in Paths(verbs)) text.Append($"            \"{path}\") words=\"{(command is null ? First(verbs) : Words(command))}\" ;;\n");
        text.Append("        esac ;;\n    esac\n    COMPREPLY=()\n");
        // compgen -W expands its words once more: what a name has in it would run
        text.Append("    while read -r word; do [[ -n $word && $word == \"$cur\"* ]] && COMPREPLY+=(\"$word\"); done <<< \"${words// /$line}\"\n");
        return text.Append("    (( ${#COMPREPLY[@]} )) || COMPREPLY=($(compgen -f -- \"$cur\"))\n}\ncomplete -F _signalbox signalbox\n").ToString();
    }

    public static string Zsh(IReadOnlyList<Command> verbs) =>
        "#compdef signalbox\nautoload -U +X bashcompinit && bashcompinit\n" + Bash(verbs);

    public static string Fish(IReadOnlyList<Command> verbs)
    {
        var text = new StringBuilder("complete -c signalbox -f\n");
        foreach (var verb in verbs)
        {
            text.Append($"complete -c signalbox -n __fish_use_subcommand -a {verb.Name} -d {Quote(verb.Description)}\n");
            foreach (var child in Shown(verb))
                text.Append($"complete -c signalbox -n '__fish_seen_subcommand_from {verb.Name}' -a {child.Name} -d {Quote(child.Description)}\n");
            foreach (var command in Shown(verb).Append(verb)) Fish(text, verb == command ? verb.Name : $"{verb.Name}; and __fish_seen_subcommand_from {command.Name}", command);
        }
        return text.ToString();
    }

    private static void Fish(StringBuilder text, string path, Command command)
    {
        var where = $"complete -c signalbox -n '__fish_seen_subcommand_from {path}'";
        foreach (var option in Long(command))
            text.Append($"{where} -l {option.Name[2..]}{(Values.TryGetValue(option.Name, out var value) ? $" -x -a '{FishWords(value)}'" : option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool) ? " -r -F" : "")} -d {Quote(option.Description)}\n");
        foreach (var argument in command.Arguments)
            text.Append(Values.TryGetValue(argument.Name, out var value) ? $"{where} -a '{FishWords(value)}'\n" : $"{where} -F\n");
    }

    /// <summary>The command at each path; null for none yet.</summary>
    private static IEnumerable<(string Path, Command? Command)> Paths(IReadOnlyList<Command> verbs)
    {
        yield return ("", null);
        foreach (var verb in verbs)
        {
            yield return (" " + verb.Name, verb);
            foreach (var child in Shown(verb)) yield return ($" {verb.Name} {child.Name}", child);
        }
    }

    private static string First(IReadOnlyList<Command> verbs) => string.Join(' ', verbs.Select(v => v.Name)) + " --help --version";

    private static string Words(Command command) => string.Join(' ', Shown(command).Select(c => c.Name)
        .Concat(command.Arguments.Where(a => Values.ContainsKey(a.Name)).Select(a => BashWords(Values[a.Name])))
        .Concat(Long(command).Select(o => o.Name)));

    private static string BashWords((string? Words, string? Names) value) => value.Words ?? $"$(signalbox {NamesVerb.Name} {value.Names} 2>/dev/null)";

    private static string FishWords((string? Words, string? Names) value) => value.Words ?? $"(signalbox {NamesVerb.Name} {value.Names} 2>/dev/null)";

    private static IEnumerable<Command> Shown(Command command) => command.Subcommands.Where(c => !c.Hidden);

    private static IEnumerable<Option> Long(Command command) => command.Options.Where(o => !o.Hidden && o.Name.StartsWith("--", StringComparison.Ordinal));

    private static string Quote(string? text) => "'" + (text ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'";
}
