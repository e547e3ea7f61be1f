namespace Signalbox.Audit;

/// <summary>An image as it is referred to: <c>registry/repository:tag@digest</c>, as distribution/reference reads it.</summary>
/// <param name="Registry">Null where none is written: Docker Hub's.</param>
/// <param name="Repository">Without the registry.</param>
internal sealed record WrittenImage(string? Registry, string Repository, string? Tag, string? Digest)
{
    /// <summary>The registry that is meant where none is written.</summary>
    public const string Hub = "docker.io";

    /// <summary>The reference, or null where the text is empty or a template's placeholder makes it unknown.</summary>
    public static WrittenImage? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Contains('$') || text.Contains('{') || text.Contains('<') || text.Contains(' ')) return null;
        var (name, digest) = Cut(text, text.IndexOf('@'));
        var colon = name.LastIndexOf(':');
        var (path, tag) = Cut(name, colon > name.LastIndexOf('/') ? colon : -1);
        var slash = path.IndexOf('/');
        var registry = slash > 0 && IsHost(path[..slash]) ? path[..slash] : null;
        return new(registry, registry is null ? path : path[(slash + 1)..], tag, digest);
    }

    /// <summary>Everything before tag and digest, as written.</summary>
    public string Name => Registry is null ? Repository : $"{Registry}/{Repository}";

    /// <summary>Whether the tag is one that is meant to move; no tag means <c>latest</c>.</summary>
    public bool IsMutable => Digest is null && Tag is null or "" or "latest";

    private static bool IsHost(string part) => part.Contains('.') || part.Contains(':') || part == "localhost";

    private static (string Before, string? After) Cut(string text, int at) => at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);
}
