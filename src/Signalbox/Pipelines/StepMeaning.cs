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
        if (step.Script is { } script) found.AddRange(Of(script, step));
        return [.. found];
    }

    private static IEnumerable<Activity> Of(Script script, Step step)
    {
        var elsewhere = step.Variables.Any(v => v.Name == "DOCKER_HOST" && RemoteDocker.IsAddress(v.Value));
        foreach (var command in script.Shell.Commands)
        {
            elsewhere |= RemoteDocker.Sets(command);
            if (Remote(script.Shell, command, elsewhere) is { Count: > 0 } images)
                foreach (var image in images) yield return new(ActivityKind.Deploy, command.Program, script.InFile(command.Range), image, Command: command);
            else if (step.MachineStays && DockerRun.IsRelease(command)) yield return new(ActivityKind.Deploy, command.Program, script.InFile(command.Range), Command: command);
            else if (CommandMeaning.Of(command) is { } meaning)
                yield return new(meaning.Kind, meaning.Tool ?? command.Program, script.InFile(command.Range), meaning.Subject, Toothless(script.Shell, command, meaning), command) { IsOfImage = meaning.IsOfImage };
        }
    }

    /// <summary>The images that a command deploys on another machine, as <see cref="RemoteDeploys.In"/> gives them.</summary>
    private static IReadOnlyList<string?> Remote(ShellScript script, ShellCommand command, bool elsewhere) =>
        RemoteScript.Of(script, command) is { } sent ? RemoteDeploys.In(sent.Commands) : RemoteDocker.Of(command, elsewhere) is { } docker ? RemoteDeploys.In([docker]) : [];

    private static string? Toothless(ShellScript script, ShellCommand command, CommandMeaning.Meaning meaning)
    {
        if (meaning.Toothless is { } own && !(meaning.Prints && IsRead(command))) return own;
        return ShellFailure.Swallowed(script, command) is { } how && !(how is ShellFailure.Asked or ShellFailure.PassedOver && IsRead(command)) ? how : null;
    }

    // what is handed on, kept or captured may be judged elsewhere
    private static bool IsRead(ShellCommand command) => command.Depth > 0 || command.Link == ShellLink.Pipe || command.Redirects.Any(r => r.Operator is not ("2>" or "2>&"));
}
