namespace Signalbox.Pipelines.Shell;

/// <summary>What a script makes of a command's failure.</summary>
internal static class ShellFailure
{
    /// <summary>What is said of a command that an <c>if</c> only asks.</summary>
    public const string Asked = "its failure only chooses a branch";

    /// <summary>What is said of a command behind which a script goes on whatever it says.</summary>
    public const string PassedOver = "set +e, and nothing asks for its status";

    // longer groups are no lines of a script
    private const int LongestGroup = 1_000;

    /// <summary>How a command's failure is swallowed: <c>|| true</c>, <c>|| { echo …; }</c>, or an <c>if</c> in which nothing ends the script; null where it is not.</summary>
    public static string? Swallowed(ShellScript script, ShellCommand command)
    {
        if (command.Link == ShellLink.Or && script.After(command) is { } next && (next.Program is "true" or ":" or "echo" || (next.Program == "exit" && next.Verb == "0")))
            return Group(script, next).Any(Fails) ? null : $"|| {next.Program}";
        if (command.Depth == 0 && Leads(command).Any(IsIf) && !Branches(script, command).Any(c => Fails(c) || Tells(c))) return Asked;
        return GoesOn(script, command) ? PassedOver : null;
    }

    /// <summary>Whether the script does not stop at failures, and nothing behind the command asks whether it failed, reads what it said, or fails itself.</summary>
    private static bool GoesOn(ShellScript script, ShellCommand command)
    {
        var text = script.Text;
        if (command.Depth > 0 || command.Link != ShellLink.Next || !IsAtStart(text, command) || Leads(command).Any() || !text.Contains("set +", StringComparison.Ordinal) || text.Contains("trap ", StringComparison.Ordinal)) return false;
        // in a group, a branch or a function it may not be run, or not hold
        var switched = script.Commands.LastOrDefault(c => c.Program == "set" && c.Range.Start < command.Range.Start && Exits(c) is not null);
        if (switched is null || Exits(switched) != false || !IsAtStart(text, switched) || script.After(command) is null) return false;
        var behind = text.AsSpan(command.Range.End);
        return !behind.Contains("$?", StringComparison.Ordinal) && !behind.Contains("PIPESTATUS", StringComparison.Ordinal) && !script.Behind(command).Take(LongestGroup).Any(c => Fails(c) || Judges(c));
    }

    // a script's lines of the outermost level begin where it does
    private static bool IsAtStart(string text, ShellCommand command) => command.Range.Start == 0 || text[command.Range.Start - 1] == '\n';

    /// <summary>Whether a <c>set</c> says that failures end the script; null where it says neither.</summary>
    private static bool? Exits(ShellCommand set)
    {
        bool? exits = null;
        for (var i = 0; i < set.Arguments.Length; i++)
            if (set.Arguments[i].Text is [('-' or '+') and var sign, .. var letters] && (letters.Contains('e') || (letters.EndsWith('o') && i + 1 < set.Arguments.Length && set.Arguments[i + 1].Text == "errexit"))) exits = sign == '-';
        return exits;
    }

    // what looks at the report may stop the script
    private static bool Judges(ShellCommand command) => command.Program is "jq" or "grep" or "test" or "[" or "[[" or "python" or "python3" or "node" || Leads(command).Any();

    /// <summary>What follows in the group that a command begins: <c>{ …; }</c>, or the line of <c>( … )</c>.</summary>
    private static IEnumerable<ShellCommand> Group(ShellScript script, ShellCommand first)
    {
        var behind = script.Behind(first).Take(LongestGroup);
        if (first.Words is [{ Text: "{", Quoted: false }, ..]) return behind.TakeWhile(c => c.Words is not [{ Text: "}", Quoted: false }, ..]);
        var line = script.Text.IndexOf('\n', first.Range.End) is >= 0 and var end ? end : script.Text.Length;
        return script.Text.AsSpan(0, first.Range.Start).TrimEnd().EndsWith("(") ? behind.TakeWhile(c => c.Range.Start < line) : [];
    }

    /// <summary>What stands between an <c>if</c> and its <c>fi</c>.</summary>
    private static IEnumerable<ShellCommand> Branches(ShellScript script, ShellCommand asked)
    {
        var open = 1;
        foreach (var command in script.Behind(asked).Take(LongestGroup))
        {
            open += Leads(command).Count(w => w.Text == "if");
            if (command.Words is [{ Text: "fi", Quoted: false }, ..] && --open == 0) yield break;
            yield return command;
        }
    }

    private static IEnumerable<ShellWord> Leads(ShellCommand command) => command.Words.TakeWhile(w => !w.Quoted && w.Text is "if" or "elif" or "then" or "else" or "do" or "!" or "{");

    private static bool IsIf(ShellWord word) => word.Text is "if" or "elif";

    private static bool Fails(ShellCommand command) => command.Program switch
    {
        "exit" or "return" => command.Verb != "0",
        "false" or "kill" or "throw" or "fail" or "die" or "error" => true,
        _ => command.Arguments.Any(a => a.Text.Contains("result=Failed", StringComparison.Ordinal)),
    };

    // what is kept in a variable or a file may be judged later
    private static bool Tells(ShellCommand command) => command.Assignments.Any() || command.Program is "export" or "let" || command.Redirects.Any(r => r.Operator is ">" or ">>" && !r.Target.Text.StartsWith("/dev/", StringComparison.Ordinal));
}
