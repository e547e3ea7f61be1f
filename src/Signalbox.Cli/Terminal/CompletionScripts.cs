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
    /// <summary>What an option's value or an argument is, by its own name or what help calls its value: words, or a kind of <see cref="NamesVerb"/>.</summary>
    private static readonly Dictionary<string, (string? Words, string? Names)> Values = new(StringComparer.Ordinal)
    {
        ["--scope"] = ("read logs deploy operate admin evidence approve report metrics viewer deployer approver", null),
        ["--service"] = (null, "services"),
        ["--app"] = (null, "applications"),
        ["--env"] = (null, "environments"),
        ["--release"] = (null, "releases"),
        ["RELEASE"] = (null, "releases"),
        ["ENVIRONMENT"] = (null, "environments"),
        ["ROLLOUT"] = (null, "rollouts"),
        ["SHELL"] = ("bash zsh fish", null),
        ["PLATFORM"] = ("github-actions gitlab jenkins azure-pipelines", null),
    };

    /// <remarks>Zsh runs it, too, where <c>path</c> and <c>words</c> are its own: <c>local path</c> would leave no program to be found.</remarks>
    public static string Bash(IReadOnlyList<Command> verbs)
    {
        var text = new StringBuilder("_signalbox() {\n    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb=\"\" offered=\"\" word line=$'\\n'\n");
        text.Append("    (( COMP_CWORD > 1 )) && verb=\" ${COMP_WORDS[1]}\"\n");
        // what is no verb of a verb is an argument: a job of `run`
        text.Append($"    (( COMP_CWORD > 2 )) && case \"$verb ${{COMP_WORDS[2]}}\" in {string.Join('|', Below(verbs).Select(path => $"\" {path}\""))}) verb+=\" ${{COMP_WORDS[2]}}\" ;; esac\n");
        text.Append("    case \"$verb $prev\" in\n");
        foreach (var (offered, patterns) in Taking(verbs)) text.Append($"        {string.Join('|', patterns)}) {(offered.Length > 0 ? $"offered=\"{offered}\" " : "")};;\n");
        text.Append("        *) case \"$verb\" in\n");
        foreach (var (path, command) in Paths(verbs)) text.Append($"            \"{path}\") offered=\"{(command is null ? First(verbs) : Words(command))}\" ;;\n");
        text.Append("        esac ;;\n    esac\n    COMPREPLY=()\n");
        // compgen -W expands its words once more: what a name has in it would run
        text.Append("    while read -r word; do [[ -n $word && $word == \"$cur\"* ]] && COMPREPLY+=(\"$word\"); done <<< \"${offered// /$line}\"\n");
        return text.Append("    (( ${#COMPREPLY[@]} )) || COMPREPLY=($(compgen -f -- \"$cur\"))\n}\ncomplete -F _signalbox signalbox\n").ToString();
    }

    /// <summary>Sourced, or as a file <c>_signalbox</c> in <c>fpath</c>, whose first completion is what reads it.</summary>
    public static string Zsh(IReadOnlyList<Command> verbs) =>
        "#compdef signalbox\nautoload -U +X bashcompinit && bashcompinit\n" + Bash(verbs) + "if (( ${+compstate} )); then _bash_complete -F _signalbox; fi\n";

    public static string Fish(IReadOnlyList<Command> verbs)
    {
        var text = new StringBuilder("complete -c signalbox -f\n");
        text.Append("function __signalbox_is\n    set -l seen (commandline -opc)\n    set -l verb \"$seen[2]\"\n");
        text.Append($"    contains -- \"$seen[2] $seen[3]\" {string.Join(' ', Below(verbs).Select(Quote))}; and set verb \"$seen[2] $seen[3]\"\n    test \"$verb\" = \"$argv\"\nend\n");
        foreach (var verb in verbs)
        {
            text.Append($"complete -c signalbox -n __signalbox_is -a {verb.Name} -d {Quote(verb.Description)}\n");
            foreach (var child in Shown(verb)) text.Append($"complete -c signalbox -n '__signalbox_is {verb.Name}' -a {child.Name} -d {Quote(child.Description)}\n");
        }
        text.Append("complete -c signalbox -n __signalbox_is -l help\ncomplete -c signalbox -n __signalbox_is -l version\n");
        foreach (var (path, command) in Paths(verbs)) if (command is not null) Fish(text, path.TrimStart(), command);
        return text.ToString();
    }

    private static void Fish(StringBuilder text, string path, Command command)
    {
        var where = $"complete -c signalbox -n '__signalbox_is {path}'";
        foreach (var option in Long(command))
        {
            var letters = string.Concat(option.Aliases.Where(alias => alias.Length == 2 && char.IsAsciiLetter(alias[1])).Select(alias => $" -s {alias[1]}"));
            text.Append($"{where} -l {option.Name[2..]}{letters}{(!Takes(option) ? "" : ValueOf(option.Name, option.HelpName) is { } value ? $" -x -a '{FishWords(value)}'" : " -r -F")} -d {Quote(option.Description)}\n");
        }
        foreach (var argument in command.Arguments)
            text.Append(ValueOf(argument.Name, argument.HelpName) is { } value ? $"{where} -a '{FishWords(value)}'\n" : $"{where} -F\n");
    }

    private static (string? Words, string? Names)? ValueOf(string name, string? help) =>
        help is not null && help.Contains('|', StringComparison.Ordinal) ? (help.Replace('|', ' '), null)
        : Values.TryGetValue(name, out var value) || (help is not null && Values.TryGetValue(help, out value)) ? value
        : null;

    private static bool Takes(Option option) => option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool);

    /// <summary>What is offered after an option that takes a value, and where: empty for a file. The same name may take something else at another verb.</summary>
    private static IEnumerable<(string Offered, IEnumerable<string> Patterns)> Taking(IReadOnlyList<Command> verbs) =>
        Paths(verbs).Where(at => at.Command is not null)
            .SelectMany(at => Long(at.Command!).Where(Takes).Select(option => (at.Path, option.Name, Offered: ValueOf(option.Name, option.HelpName) is { } value ? BashWords(value) : "")))
            .GroupBy(taking => taking.Name, StringComparer.Ordinal)
            .SelectMany(same => same.Select(taking => taking.Offered).Distinct().Count() == 1
                ? [(same.First().Offered, Pattern: $"*\" {same.Key}\"")]
                : same.Select(taking => (taking.Offered, Pattern: $"\"{taking.Path} {same.Key}\"")))
            .GroupBy(taking => taking.Offered, taking => taking.Pattern, StringComparer.Ordinal)
            .Select(same => (same.Key, (IEnumerable<string>)same));

    /// <summary>Verbs of verbs, each with the verb that holds it.</summary>
    private static IEnumerable<string> Below(IReadOnlyList<Command> verbs) => verbs.SelectMany(verb => Shown(verb).Select(child => $"{verb.Name} {child.Name}"));

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
        .Concat(command.Arguments.Select(a => ValueOf(a.Name, a.HelpName)).OfType<(string?, string?)>().Select(BashWords))
        .Concat(Long(command).Select(o => o.Name)));

    private static string BashWords((string? Words, string? Names) value) => value.Words ?? $"$(signalbox {NamesVerb.Name} {value.Names} 2>/dev/null)";

    private static string FishWords((string? Words, string? Names) value) => value.Words ?? $"(signalbox {NamesVerb.Name} {value.Names} 2>/dev/null)";

    private static IEnumerable<Command> Shown(Command command) => command.Subcommands.Where(c => !c.Hidden);

    private static IEnumerable<Option> Long(Command command) => command.Options.Where(o => !o.Hidden && o.Name.StartsWith("--", StringComparison.Ordinal));

    private static string Quote(string? text) => "'" + (text ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'";
}
