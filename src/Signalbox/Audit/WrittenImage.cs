using Signalbox.Delivery;

namespace Signalbox.Audit;

/// <summary>An image as it is referred to: <c>registry/repository:tag@digest</c>, as distribution/reference reads it.</summary>
/// <param name="Registry">Null where none is written: Docker Hub's.</param>
/// <param name="Repository">Without the registry.</param>
internal sealed record WrittenImage(string? Registry, string Repository, string? Tag, string? Digest)
{
    /// <summary>The reference, or null where the text is empty or a template's placeholder makes it unknown.</summary>
    public static WrittenImage? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Contains('$') || text.Contains('{') || text.Contains('<') || text.Contains(' ')) return null;
        var (name, digest) = Cut(text, text.IndexOf('@'));
        var colon = name.LastIndexOf(':');
        var (path, tag) = Cut(name, colon > name.LastIndexOf('/') ? colon : -1);
        var (registry, repository) = ImageName.Split(path);
        return new(registry, repository, tag, digest);
    }

    /// <summary>Everything before tag and digest, as written.</summary>
    public string Name => Registry is null ? Repository : $"{Registry}/{Repository}";

    /// <summary>The registry that is meant.</summary>
    public string Host => ImageName.Full(Registry, Repository).Host;

    /// <summary>Whether the tag is one that is meant to move; no tag means <c>latest</c>.</summary>
    public bool IsMutable => Digest is null && Tag is null or "" or "latest";

    private static (string Before, string? After) Cut(string text, int at) => at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);
}
