using Signalbox.Pipelines.Shell;

namespace Signalbox.Pipelines;

/// <summary>What a script deploys on a machine that stays: there containers that are started are the release.</summary>
internal static class RemoteDeploys
{
    // what looks at files and puts them in their places: nothing that runs is changed by it
    private static readonly HashSet<string> s_housekeeping = new(StringComparer.Ordinal)
    {
        "mv", "cp", "rm", "ln", "mkdir", "rmdir", "chown", "chmod", "touch", "test", "[", "[[", "ls", "cat", "head", "tail", "grep", "awk", "sed", "cut", "sort", "tr", "wc", "diff", "cmp", "find", "xargs", "stat", "readlink", "realpath", "basename",
        "dirname", "flock", "echo", "printf", "date", "set", "cd", "exit", "true", "false", ":", "export", "local", "sleep", "df", "du", "whoami", "hostname", "pwd", "fi", "done", "esac", "}", "",
    };

    /// <summary>Whether a script does no more than to move files about; false where it is not known.</summary>
    public static bool MovesFiles(string? script) => !string.IsNullOrWhiteSpace(script) && ShellScript.Parse(script).Commands is { Length: > 0 } commands && commands.All(c => s_housekeeping.Contains(c.Program));

    /// <summary>The images that are deployed, in order, or null once where that cannot be read; empty where nothing is.</summary>
    public static IReadOnlyList<string?> In(IReadOnlyList<ShellCommand> remote)
    {
        if (!remote.Any(Starts)) return [];
        var images = remote.Select(Image).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        return images.Count > 0 ? [.. images] : (string?[])[null];
    }

    private static bool Starts(ShellCommand command) => CommandMeaning.Of(command) is { Kind: ActivityKind.Deploy } || command.Program switch
    {
        "docker" or "podman" or "nerdctl" => DockerRun.IsDetached(command) || command.Is(command.Program, "compose", "up") || (command.Verb == "compose" && Says(command, "up")),
        "docker-compose" or "podman-compose" => Says(command, "up"),
        // what was put in its place is started anew
        "systemctl" or "supervisorctl" or "pm2" or "rc-service" or "service" => s_starts.Any(s => Says(command, s)),
        _ => false,
    };

    private static readonly string[] s_starts = ["start", "restart", "try-restart", "reload", "reload-or-restart", "startOrRestart", "startOrReload"];

    // docker compose -f FILE up
    private static bool Says(ShellCommand command, string verb) => command.Arguments.Any(a => a.Text == verb);

    /// <summary>The image that a command takes there.</summary>
    private static string? Image(ShellCommand command) => command.Program switch
    {
        "docker" or "podman" or "nerdctl" when command.Verb == "pull" => command.Arguments.Where(a => !a.Text.StartsWith('-')).Skip(1).FirstOrDefault()?.Text,
        "docker" or "podman" or "nerdctl" when DockerRun.IsDetached(command) => command.Arguments[DockerRun.Image(command)].Text,
        _ => CommandMeaning.Of(command) is { Kind: ActivityKind.Deploy, Subject: { } subject } && subject.Contains('/') ? subject : null,
    };
}
