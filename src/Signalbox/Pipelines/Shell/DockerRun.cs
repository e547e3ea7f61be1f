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

    // what tests are run against
    private static readonly string[] s_services =
    [
        "postgres", "postgresql", "postgis", "mysql", "mariadb", "mongo", "mongodb", "redis", "valkey", "memcached", "rabbitmq", "kafka", "zookeeper", "elasticsearch", "opensearch", "localstack", "minio", "registry", "wiremock", "mailhog", "azurite",
        "standalone-chrome", "standalone-firefox", "hub", "zap2docker-stable", "zaproxy", "dind",
    ];

    /// <summary>Whether a container is left running under what others find it by, a name and a port, or is started again with the machine; services for tests are not.</summary>
    public static bool IsRelease(ShellCommand command)
    {
        if (command.Program is not ("docker" or "podman" or "nerdctl") || !IsDetached(command)) return false;
        var options = command.Arguments.Take(Image(command)).Select(a => a.Text).ToList();
        var name = command.Arguments[Image(command)].Text.Split('@')[0].Split('/')[^1].Split(':')[0];
        if (options.Contains("--rm") || s_services.Contains(name)) return false;
        return options.Any(o => o.StartsWith("--restart", StringComparison.Ordinal) && o != "--restart=no") || (Name(command) is not null && options.Any(o => o is "-p" or "-P" or "--publish" or "--publish-all" or "--network=host" || o.StartsWith("--publish=", StringComparison.Ordinal) || o.StartsWith("-p", StringComparison.Ordinal)));
    }

    /// <summary>The container's name; null where Docker makes one up.</summary>
    public static string? Name(ShellCommand command) => command.Value("--name");

    /// <summary>Whether a command ends or removes a container by its name.</summary>
    public static bool Ends(ShellCommand command, string name) => command.Program is "docker" or "podman" or "nerdctl"
        && (command.Verb is "stop" or "kill" or "rm" || command.Is(command.Program, "container", "stop") || command.Is(command.Program, "container", "kill") || command.Is(command.Program, "container", "rm")) && command.Arguments.Any(a => a.Text == name);

    private static int Verb(ShellCommand command)
    {
        var words = command.Arguments;
        var verb = words is [{ Text: "container" }, ..] ? 1 : 0;
        return verb < words.Length && words[verb].Text == "run" ? verb : -1;
    }

    private static bool IsSwitches(string option) => option.Length > 1 && option[1] != '-' && !option.AsSpan(1).ContainsAnyExcept("ditqP".AsSpan());
}
