namespace Signalbox.Delivery;

/// <summary>
/// What an image's name means before its tag and digest (github.com/distribution/reference, "Grammar", <c>splitDockerDomain</c>):
/// one without a host is Docker Hub's, and one of a single part there is of its <c>library</c>.
/// </summary>
internal static class ImageName
{
    /// <summary>The registry that is meant where none is written.</summary>
    public const string Hub = "docker.io";

    private const string HubsIndex = "index.docker.io";

    /// <returns>Both as written; the host null where there is none.</returns>
    public static (string? Host, string Path) Split(string name) => name.Split('/', 2) is [var first, var path] && IsHost(first) ? (first, path) : (null, name);

    /// <summary>The one spelling of a name's many: a host has no case, and https's own port says nothing.</summary>
    public static (string Host, string Path) Full(string? host, string path)
    {
        var registry = host is null ? Hub : WithoutOwnPort(host.ToLowerInvariant());
        if (registry == HubsIndex) registry = Hub;
        return (registry, registry == Hub && !path.Contains('/') ? $"library/{path}" : path);
    }

    /// <summary>On this machine, where registries are spoken with in clear, the port does say something.</summary>
    private static string WithoutOwnPort(string host) =>
        host.EndsWith(":443", StringComparison.Ordinal) && IsHost(host[..^4]) && !(Uri.TryCreate($"https://{host}/", UriKind.Absolute, out var address) && address.IsLoopback) ? host[..^4] : host;

    private static bool IsHost(string word) => word.Equals("localhost", StringComparison.OrdinalIgnoreCase) || word.Contains('.') || word.Contains(':');
}
