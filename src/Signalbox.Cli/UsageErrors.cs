using System.CommandLine;
using Signalbox.Cli.Verbs;

namespace Signalbox.Cli;

/// <summary>Bad usage in the house voice, exit code 2.</summary>
internal static class UsageErrors
{
    public static int Write(ParseResult parsed, string[] args, TextWriter error)
    {
        if (UnknownVerb(parsed, args) is { } verb) return WriteUnknownVerb(verb, error);
        if (parsed.CommandResult.Command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count == 0) return WriteMissingVerb(parsed, error);
        foreach (var problem in parsed.Errors)
            error.WriteLine($"error[usage]: {InHouseVoice(problem.Message)}");
        error.WriteLine($"   = help: {HelpLine(parsed)}");
        return ExitCode.Usage;
    }

    public static int WriteMissingVerb(ParseResult parsed, TextWriter error)
    {
        var names = parsed.CommandResult.Command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);
        error.WriteLine($"error[usage]: a verb is missing; expected one of {string.Join(", ", names)}");
        error.WriteLine($"   = help: {HelpLine(parsed)}");
        return ExitCode.Usage;
    }

    private static string? UnknownVerb(ParseResult parsed, string[] args) =>
        parsed.CommandResult.Command is RootCommand && args.Length > 0 && !args[0].StartsWith('-') ? args[0] : null;

    private static int WriteUnknownVerb(string verb, TextWriter error)
    {
        var nearest = VerbTable.Names.MinBy(name => Distance(verb, name))!;
        error.WriteLine($"error[usage]: '{verb}' is not a verb of signalbox; expected one of {string.Join(", ", VerbTable.Names)}");
        error.WriteLine($"   = help: signalbox {(Distance(verb, nearest) <= 2 ? nearest : "--help")}");
        return ExitCode.Usage;
    }

    private static string HelpLine(ParseResult parsed)
    {
        var names = new List<string>();
        for (var at = parsed.CommandResult; at is not null; at = at.Parent as System.CommandLine.Parsing.CommandResult)
            names.Insert(0, at.Command is RootCommand ? "signalbox" : at.Command.Name);
        return string.Join(' ', names) + " --help";
    }

    private static string InHouseVoice(string message) =>
        message.Length == 0 ? message : char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.').ReplaceLineEndings(" ");

    /// <summary>Levenshtein's edit distance.</summary>
    internal static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }
        return row[^1];
    }
}
