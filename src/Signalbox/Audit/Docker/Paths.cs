namespace Signalbox.Audit.Docker;

/// <summary>Paths of an image.</summary>
internal static class Paths
{
    /// <summary>Whether a path begins at the root, or may: what a variable holds is not known.</summary>
    public static bool IsAbsolute(string path) => path.Length == 0 || path[0] is '/' or '\\' or '$' or '%' || (path.Length > 1 && char.IsAsciiLetter(path[0]) && path[1] == ':');
}
