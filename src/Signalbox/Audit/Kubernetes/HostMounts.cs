using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>Volumes that are directories or files of the node.</summary>
internal static class HostMounts
{
    public static IEnumerable<(YamlMapping Volume, YamlEntry Path)> Of(Pod pod)
    {
        foreach (var volume in pod.Volumes)
            if ((volume.Get("hostPath").Entry("path") ?? volume.Entry("hostPath")) is { } path) yield return (volume, path);
    }

    /// <summary>The path without a slash at its end.</summary>
    public static string? Normal(string? path) => path is null or "" ? null : path.TrimEnd('/') is { Length: > 0 } normal ? normal : "/";

    /// <summary>Whether it is the socket of a container runtime, or a folder that holds nothing else.</summary>
    public static bool IsRuntimeSocket(string? path) => Normal(path) is { } place
        && (place.EndsWith("docker.sock", StringComparison.Ordinal) || place.EndsWith("containerd.sock", StringComparison.Ordinal)
            || place.EndsWith("crio.sock", StringComparison.Ordinal) || place.EndsWith("podman.sock", StringComparison.Ordinal)
            || place is "/var/run/docker" or "/run/docker" or "/run/containerd" or "/var/run/containerd" or "/var/run/crio" or "/run/crio");
}
