using System.Text.RegularExpressions;
using Signalbox.Delivery;

namespace Signalbox.Evidence.Registries;

/// <summary>An image by name, as people write it (github.com/distribution/reference, "Grammar").</summary>
/// <param name="Registry">Host and, where it is not https's own, port; <c>docker.io</c> where none was written.</param>
/// <param name="Repository">The whole path in the registry.</param>
/// <param name="Tag">Null where only a digest was written.</param>
/// <param name="Digest">Where it was written, it alone says which image is meant.</param>
public sealed partial record ImageReference(string Registry, string Repository, string? Tag, Digest? Digest)
{
    private const int LongestRepository = 255;

    /// <summary>Host and path as trust policies scope them: <c>registry.example.com/team/app</c>.</summary>
    public string Name => $"{Registry}/{Repository}";

    /// <summary>Where the registry's API is.</summary>
    /// <param name="plainHttp">For a registry that is not on this machine and has no TLS.</param>
    public Uri Address(bool plainHttp)
    {
        var host = Registry == ImageName.Hub ? "registry-1.docker.io" : Registry;
        var secure = new Uri($"https://{host}/");
        return plainHttp || secure.IsLoopback ? new Uri($"http://{host}/") : secure;
    }

    /// <param name="reference">A name without a host is Docker Hub's, without tag and digest it is <c>latest</c>.</param>
    public static bool TryParse(string? text, out ImageReference? reference)
    {
        reference = null;
        if (text is not { Length: > 0 and < 512 }) return false;
        var (rest, digest) = text.Split('@', 2) is [var before, var after] ? (before, after) : (text, null);
        if (digest is not null && !Delivery.Digest.TryParse(digest, out _)) return false;
        var colon = rest.LastIndexOf(':');
        var (name, tag) = colon > rest.LastIndexOf('/') ? (rest[..colon], rest[(colon + 1)..]) : (rest, null);
        if (tag is not null && !TagForm().IsMatch(tag)) return false;
        // trust policies have scopes by the one spelling
        var (written, below) = ImageName.Split(name);
        var (host, path) = ImageName.Full(written, below);
        if (!HostForm().IsMatch(host) || path.Length > LongestRepository || !PathForm().IsMatch(path) || !Uri.TryCreate($"https://{host}/", UriKind.Absolute, out _)) return false;
        reference = new(host, path, tag ?? (digest is null ? "latest" : null), digest is null ? null : Delivery.Digest.Parse(digest));
        return true;
    }

    /// <summary>Whether a host stands in it: only then does a word mean an image where it could also be a file's name.</summary>
    public static bool NamesRegistry(string text) => ImageName.Split(text).Host is not null;

    public override string ToString() => Name + (Tag is null ? "" : ":" + Tag) + (Digest is { } digest ? "@" + digest : "");

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TagForm();

    [GeneratedRegex(@"\A(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\[[0-9a-fA-F:.]{2,45}\])(?::[0-9]{1,5})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex HostForm();

    [GeneratedRegex(@"\A[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex PathForm();
}
