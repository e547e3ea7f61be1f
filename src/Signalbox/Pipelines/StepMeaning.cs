using System.Collections.Immutable;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Pipelines;

/// <summary>Reads from a step's commands and used code what it does for delivery: by behaviour, not by the job's name.</summary>
internal static class StepMeaning
{
    public static ImmutableArray<Activity> Of(Step step)
    {
        var found = new List<Activity>();
        if (step.Uses is { } uses) found.AddRange(UsedMeaning.Of(uses, step));
        if (step.Script is { } script)
            foreach (var command in script.Shell.Commands)
                if (CommandMeaning.Of(command) is { } meaning)
                    found.Add(new(meaning.Kind, meaning.Tool ?? command.Program, script.InFile(command.Range), meaning.Subject, Toothless(script.Shell, command, meaning), command));
        return [.. found];
    }

    private static string? Toothless(ShellScript script, ShellCommand command, CommandMeaning.Meaning meaning)
    {
        if (meaning.Toothless is { } own && !(meaning.Prints && IsRead(command))) return own;
        return command.Link == ShellLink.Or && script.After(command) is { } next && next.Program is "true" or ":" or "echo" or "exit" && (next.Program != "exit" || next.Verb == "0")
            ? $"|| {next.Program}"
            : null;
    }

    // what is handed on, kept or captured may be judged elsewhere
    private static bool IsRead(ShellCommand command) => command.Depth > 0 || command.Link == ShellLink.Pipe || command.Redirects.Any(r => r.Operator is not ("2>" or "2>&"));
}
