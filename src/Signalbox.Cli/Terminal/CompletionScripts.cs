using System.CommandLine;
using System.Text;

namespace Signalbox.Cli.Terminal;

/// <summary>Completion scripts written from the command tree: they start nothing, so a Tab costs nothing.</summary>
internal static class CompletionScripts
{
    public static string Bash(IReadOnlyList<Command> verbs)
    {
        var text = new StringBuilder("_signalbox() {\n    local cur=${COMP_WORDS[COMP_CWORD]} path=\"\" word\n");
        text.Append("    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do [[ $word == -* ]] || path+=\" $word\"; done\n    case \"$path\" in\n");
        foreach (var (path, words) in Paths(verbs)) text.Append($"        \"{path}\") COMPREPLY=($(compgen -W \"{words}\" -- \"$cur\")) ;;\n");
        text.Append("        *) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n    esac\n}\ncomplete -F _signalbox signalbox\n");
        return text.ToString();
    }

    public static string Zsh(IReadOnlyList<Command> verbs) =>
        "#compdef signalbox\nautoload -U +X bashcompinit && bashcompinit\n" + Bash(verbs);

    public static string Fish(IReadOnlyList<Command> verbs)
    {
        var text = new StringBuilder("complete -c signalbox -f\n");
        foreach (var verb in verbs)
        {
            text.Append($"complete -c signalbox -n __fish_use_subcommand -a {verb.Name} -d {Quote(verb.Description)}\n");
            foreach (var child in verb.Subcommands.Where(c => !c.Hidden))
                text.Append($"complete -c signalbox -n '__fish_seen_subcommand_from {verb.Name}' -a {child.Name} -d {Quote(child.Description)}\n");
            foreach (var option in verb.Options.Where(o => o.Name.StartsWith("--", StringComparison.Ordinal) && !o.Hidden))
                text.Append($"complete -c signalbox -n '__fish_seen_subcommand_from {verb.Name}' -l {option.Name[2..]} -d {Quote(option.Description)}\n");
        }
        return text.ToString();
    }

    private static IEnumerable<(string Path, string Words)> Paths(IReadOnlyList<Command> verbs)
    {
        yield return ("", string.Join(' ', verbs.Select(v => v.Name)) + " --help --version");
        foreach (var verb in verbs)
        {
            yield return (" " + verb.Name, Words(verb));
            foreach (var child in verb.Subcommands) yield return ($" {verb.Name} {child.Name}", Words(child));
        }
    }

    private static string Words(Command command) => string.Join(' ',
        command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name).Concat(command.Options.Where(o => !o.Hidden && o.Name.StartsWith("--", StringComparison.Ordinal)).Select(o => o.Name)));

    private static string Quote(string? text) => "'" + (text ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'";
}
