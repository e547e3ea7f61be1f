namespace Signalbox.Pipelines.Shell;

/// <summary>Commands for the Docker of another machine: <c>docker -H ssh://…</c>, <c>docker --context …</c>, <c>DOCKER_HOST=ssh://…</c>.</summary>
internal static class RemoteDocker
{
    private const string Variable = "DOCKER_HOST=";

    // the contexts that Docker makes itself
    private static readonly string[] s_local = ["default", "rootless", "desktop-linux", "desktop-windows", "colima", "orbstack"];

    /// <summary>The command as one of its own machine; null where it is one of this machine's.</summary>
    /// <param name="isSet">Whether <c>DOCKER_HOST</c> names another machine for it.</param>
    public static ShellCommand? Of(ShellCommand command, bool isSet)
    {
        if (command.Program is not ("docker" or "docker-compose" or "podman" or "nerdctl")) return null;
        var words = command.Arguments;
        var (at, isRemote) = (0, isSet || command.Assignments.Any(a => Names(a.Text)));
        for (; at < words.Length && words[at].Text.StartsWith('-'); at++)
        {
            var (option, value) = words[at].Text.Split('=', 2) is [var name, var joined] ? (name, joined) : (words[at].Text, null);
            if (option is not ("-H" or "--host" or "-c" or "--context" or "--url" or "--connection")) continue;
            value ??= ++at < words.Length ? words[at].Text : "";
            isRemote |= option is "-H" or "--host" or "--url" ? IsAddress(value) : !s_local.Contains(value);
        }
        if (!isRemote) return null;
        var program = command.Words[command.Words.Length - words.Length - 1];
        return new([program, .. words[Math.Min(at, words.Length)..]], command.Range, command.Link, command.Redirects, command.HereDocument, command.Depth);
    }

    /// <summary>Whether a command has those that follow talk to another machine.</summary>
    public static bool Sets(ShellCommand command) => (command.Program.Length == 0 && command.Words.Any(w => Names(w.Text))) || (command.Program == "export" && command.Arguments.Any(a => Names(a.Text)))
        || (command.Is("docker", "context", "use") && command.Last is { } context && !s_local.Contains(context));

    /// <summary>Whether a value of <c>DOCKER_HOST</c> is another machine: one that CI starts beside the job is none.</summary>
    public static bool IsAddress(string? value)
    {
        if (value is null || value.IndexOf("://", StringComparison.Ordinal) is not (> 0 and var scheme)) return false;
        var host = value[(scheme + 3)..].Split(':', '/')[0];
        return value.StartsWith("ssh://", StringComparison.Ordinal) || (value.StartsWith("tcp://", StringComparison.Ordinal) && host is not ("docker" or "localhost" or "dind" or "0.0.0.0") && !host.StartsWith("127.", StringComparison.Ordinal));
    }

    private static bool Names(string word) => word.StartsWith(Variable, StringComparison.Ordinal) && IsAddress(word[Variable.Length..]);
}
