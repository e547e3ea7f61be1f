using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Signalbox.Cli.Verbs;
using Signalbox.Delivery.Reading;
using Signalbox.Diagnostics;

namespace Signalbox.Cli;

/// <summary>Bad usage in the house voice, exit code 2.</summary>
internal static partial class UsageErrors
{
    public static int Write(ParseResult parsed, string[] args, TextWriter output, TextWriter error)
    {
        var (messages, help) = Problems(parsed, args);
        if (WantsJson(args))
        {
            output.WriteLine(FindingJson.Render(messages.Select(message => Finding.Error("usage", message, new("command line"), help))));
            return ExitCode.Usage;
        }
        foreach (var message in messages) error.WriteLine($"error[usage]: {message}");
        error.WriteLine($"   = help: {help}");
        return ExitCode.Usage;
    }

    /// <summary>What was not understood cannot say the format, so the words themselves are looked at.</summary>
    internal static bool WantsJson(string[] args) =>
        args.Contains("--format=json") || args.Contains("--format:json") || args.Zip(args.Skip(1)).Any(pair => pair is ("--format", "json"));

    private static (IReadOnlyList<string> Messages, string Help) Problems(ParseResult parsed, string[] args)
    {
        if (UnknownVerb(parsed, args) is { } verb) return UnknownVerb(verb);
        var verbs = parsed.CommandResult.Command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name).ToList();
        // one that does something by itself has been named
        return verbs.Count > 0 && parsed.UnmatchedTokens.Count == 0 && parsed.CommandResult.Command.Action is null
            ? ([$"a verb is missing; expected one of {string.Join(", ", verbs)}"], HelpLine(parsed))
            : ([.. parsed.Errors.Select(problem => NoneOf(problem) ?? InHouseVoice(problem.Message))], HelpLine(parsed));
    }

    private static string? UnknownVerb(ParseResult parsed, string[] args) =>
        parsed.CommandResult.Command is RootCommand && args.Length > 0 && !args[0].StartsWith('-') ? args[0] : null;

    private static (IReadOnlyList<string> Messages, string Help) UnknownVerb(string verb)
    {
        return ([$"'{verb}' is not a verb of signalbox; expected one of {string.Join(", ", VerbTable.Names)}"],
            $"signalbox {Spelling.Nearest(verb, VerbTable.Names) ?? "--help"}");
    }

    private static string HelpLine(ParseResult parsed)
    {
        var names = new List<string>();
        for (var at = parsed.CommandResult; at is not null; at = at.Parent as CommandResult)
            names.Insert(0, at.Command is RootCommand ? "signalbox" : at.Command.Name);
        return string.Join(' ', names) + " --help";
    }

    /// <summary>Of an option or an argument that takes a few words alone: which it was given, and which it takes; null for any other problem.</summary>
    private static string? NoneOf(ParseError problem)
    {
        if (OneOf().Match(problem.Message) is not { Success: true } found) return null;
        var name = problem.SymbolResult switch { OptionResult option => option.Option.Name, ArgumentResult { Parent: OptionResult option } => option.Option.Name, ArgumentResult argument => argument.Argument.Name, _ => "the argument" };
        return $"{name} is {found.Groups["given"].Value.ReplaceLineEndings(" ")}; expected one of {string.Join(", ", found.Groups["word"].Captures.Select(word => word.Value))}";
    }

    // System.CommandLine's own words for AcceptOnlyFromAmong
    [GeneratedRegex(@"\AArgument '(?<given>.*)' not recognized\. Must be one of:(?:\s+'(?<word>[^']*)')+\s*\z", RegexOptions.Singleline)]
    private static partial Regex OneOf();

    private static string InHouseVoice(string message) =>
        message.Length == 0 ? message : char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.').ReplaceLineEndings(" ").Replace("\t", "", StringComparison.Ordinal);
}
