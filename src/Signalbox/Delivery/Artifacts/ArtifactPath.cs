using System.Text;

namespace Signalbox.Delivery.Artifacts;

/// <summary>The rules every name in an artifact keeps, wherever it comes from.</summary>
internal static class ArtifactPath
{
    /// <returns>The path without a leading <c>./</c> or a trailing slash; empty for the root itself.</returns>
    /// <exception cref="ArtifactRefusedException">The name breaks a rule.</exception>
    public static string Normalise(string name, ArtifactLimits limits)
    {
        if (name.Length == 0) throw new ArtifactRefusedException("artifact-name", "an entry has no name");
        if (name[0] == '/' || name.Contains('\\') || (name.Length > 1 && name[1] == ':'))
            throw Refused("artifact-absolute-name", name, "is not a relative path with '/' between its parts");
        if (name.Any(char.IsControl)) throw Refused("artifact-name", name, "has control characters in its name");
        if (name.Contains('\ufffd')) throw Refused("artifact-name", name, "has a name that is not UTF-8");
        var parts = name.TrimEnd('/').Split('/').Where((p, i) => !(p == "." && i == 0)).ToArray();
        foreach (var part in parts) CheckPart(part, name, limits);
        var path = string.Join('/', parts);
        if (Encoding.UTF8.GetByteCount(path) > limits.MaxPathBytes) throw Refused("artifact-long-name", name, $"has a path longer than {limits.MaxPathBytes} bytes");
        return path;
    }

    private static void CheckPart(string part, string name, ArtifactLimits limits)
    {
        if (part == "..") throw Refused("artifact-parent-name", name, "leads out through '..'");
        if (part is "" or ".") throw Refused("artifact-name", name, "has an empty part in its name");
        if (Encoding.UTF8.GetByteCount(part) > limits.MaxNameBytes)
            throw Refused("artifact-long-name", name, $"has a name longer than {limits.MaxNameBytes} bytes");
    }

    /// <summary>Refuses a link that is absolute or leads out of the artifact.</summary>
    /// <param name="path">Normalised path of the link.</param>
    public static void CheckLink(string path, string target)
    {
        if (target.Length is 0 or > 4096 || target.Any(char.IsControl) || target.Contains('\\') || target.Contains('\ufffd'))
            throw Refused("artifact-link", path, "is a link with no usable target");
        if (target[0] == '/') throw Refused("artifact-link-outside", path, "is a link to an absolute path");
        var depth = path.Count(c => c == '/');
        foreach (var part in target.Split('/'))
        {
            if (part == "..") depth--;
            else if (part is not ("" or ".")) depth++;
            if (depth < 0) throw Refused("artifact-link-outside", path, $"is a link that leads out, to '{Show(target)}'");
        }
    }

    public static ArtifactRefusedException Refused(string id, string entry, string what) => new(id, $"'{Show(entry)}' {what}", entry);

    public static string Show(string name) => Yaml.YamlQuote.Short(name);
}
