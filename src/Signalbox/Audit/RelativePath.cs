namespace Signalbox.Audit;

/// <summary>Paths of the repository: forward slashes, no dot segments.</summary>
internal static class RelativePath
{
    /// <summary>The folder of a file, empty for the root.</summary>
    public static string Folder(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "";

    /// <summary>Whether a file lies in a folder of that name, however deep.</summary>
    public static bool Passes(string path, string folder, StringComparison comparison)
    {
        for (var at = path.IndexOf(folder, comparison); at >= 0; at = path.IndexOf(folder, at + 1, comparison))
        {
            var end = at + folder.Length;
            if ((at == 0 || path[at - 1] == '/') && end < path.Length && path[end] == '/') return true;
        }
        return false;
    }

    /// <summary>A path as seen from a folder; null where it leaves the repository.</summary>
    public static string? Join(string folder, string path)
    {
        var parts = new List<string>(folder.Split('/', StringSplitOptions.RemoveEmptyEntries));
        if (path.StartsWith('/')) return null;
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".") continue;
            if (part != "..") parts.Add(part);
            else if (parts.Count == 0) return null;
            else parts.RemoveAt(parts.Count - 1);
        }
        return string.Join('/', parts);
    }
}
