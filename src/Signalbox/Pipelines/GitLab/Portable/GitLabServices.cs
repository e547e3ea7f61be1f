using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.GitLab.Portable;

internal static class GitLabServices
{
    /// <summary>
    /// The host name that a service has without an alias: its image without the version, with dashes for slashes
    /// (docs.gitlab.com, "Services: accessing the services"); null where the name is known only when it runs.
    /// </summary>
    public static string? Host(PortableText image) =>
        image.Literal is { Length: > 0 } name ? name.Split('@')[0].Split(':')[0].Replace('/', '-') : null;
}
