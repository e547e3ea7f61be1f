namespace Signalbox.Pipelines.Shell;

/// <summary><c>docker run</c>, <c>docker container run</c>.</summary>
internal static class DockerRun
{
    // docs.docker.com, "docker container run": options that take no value
    private static readonly string[] s_switches = ["--detach", "--init", "--interactive", "--no-healthcheck", "--privileged", "--publish-all", "--quiet", "--read-only", "--rm", "--sig-proxy", "--tty"];

    /// <summary>Where the image stands among the words, or -1.</summary>
    public static int Image(ShellCommand command)
    {
        var words = command.Arguments;
        var at = Verb(command) + 1;
        if (at == 0) return -1;
        for (; at < words.Length && words[at].Text.StartsWith('-'); at++)
            if (!words[at].Text.Contains('=') && !s_switches.Contains(words[at].Text) && !IsSwitches(words[at].Text)) at++;
        return at < words.Length ? at : -1;
    }

    /// <summary>Whether the container goes on when the command has ended.</summary>
    public static bool IsDetached(ShellCommand command) => Image(command) is >= 0 and var image
        && command.Arguments.Take(image).Any(a => a.Text is "--detach" or "--detach=true" || (IsSwitches(a.Text) && a.Text.Contains('d')));

    private static int Verb(ShellCommand command)
    {
        var words = command.Arguments;
        var verb = words is [{ Text: "container" }, ..] ? 1 : 0;
        return verb < words.Length && words[verb].Text == "run" ? verb : -1;
    }

    private static bool IsSwitches(string option) => option.Length > 1 && option[1] != '-' && !option.AsSpan(1).ContainsAnyExcept("ditqP".AsSpan());
}
