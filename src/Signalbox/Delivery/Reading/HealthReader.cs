namespace Signalbox.Delivery.Reading;

internal static class HealthReader
{
    public static HealthCheck Read(Section section, ServiceKind kind)
    {
        var fallback = kind == ServiceKind.Web ? DeliveryDefaults.Tcp : DeliveryDefaults.Tcp with { Tcp = false };
        if (section.Open("health", Shapes.Health) is not { } health) return fallback;
        var probe = health.OnlyOneOf("http", "tcp", "command");
        if (kind != ServiceKind.Web && probe is "http" or "tcp") NoPort(health, probe, kind);
        return new(
            probe == "http" ? Path(health) : null,
            probe == "tcp" ? Tcp(health) : probe is null && fallback.Tcp,
            probe == "command" ? CommandReader.Read(health, "command") : null,
            health.Duration("interval", fallback.Interval),
            health.Duration("timeout", fallback.Timeout),
            health.Duration("startWithin", fallback.StartWithin),
            health.Integer("unhealthyAfter", 1, 1000, fallback.UnhealthyAfter),
            health.Duration("restartAfter", fallback.RestartAfter));
    }

    internal static bool IsPath(string path) => path.StartsWith('/') && path.Length <= 2048 && path.All(c => c > ' ' && c < '\u007f');

    private static string? Path(Section health)
    {
        var path = health.Text("http");
        if (path is null || IsPath(path)) return path;
        health.File.Invalid(health.Node("http")!, "http", path, "a path that begins with /", health.Shape.Line("http"));
        return null;
    }

    /// <summary><c>tcp: false</c> would leave nothing that tells whether the service may have traffic.</summary>
    private static bool Tcp(Section health)
    {
        if (!health.Boolean("tcp", true))
            health.File.Invalid(health.Node("tcp")!, "tcp", "false", "true, or http or command in its place", health.Shape.Line("http"));
        return true;
    }

    private static void NoPort(Section health, string probe, ServiceKind kind) => health.File.Error(
        DeliveryIds.ConflictingKeys, $"a {kind.ToString().ToLowerInvariant()} listens on nothing that {probe} could probe; expected command",
        health.KeySpan(probe), health.Shape.Line("command"), "expected command, or no health at all: healthy while it runs");
}
