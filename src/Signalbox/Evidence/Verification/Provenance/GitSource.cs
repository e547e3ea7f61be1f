using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Provenance;

/// <summary>A git repository and what of it: <c>git+https://github.com/o/r@refs/tags/v1</c> (SPDX download location).</summary>
/// <param name="Ref">The full reference; null where it is not said.</param>
internal sealed record GitSource(string Repository, string? Ref)
{
    private const string GitHub = "git+https://github.com/";

    /// <exception cref="Refusal">It is not a git URI.</exception>
    public static GitSource Parse(string uri)
    {
        if (!uri.StartsWith("git+", StringComparison.Ordinal)) throw Malformed($"'{JsonFields.Shown(uri)}' is not a git URI");
        var at = uri.IndexOf('@', StringComparison.Ordinal);
        return at < 0 ? new(uri, null) : new(uri[..at], uri[(at + 1)..] is { Length: > 0 } reference ? reference : null);
    }

    /// <summary>What a person says for the repository, in the form that provenance has.</summary>
    /// <exception cref="Refusal">It is not on github.com.</exception>
    public static string Normalise(string source)
    {
        var uri = source.StartsWith("git+", StringComparison.Ordinal) ? source : source.Contains("://", StringComparison.Ordinal) ? "git+" + source : "git+https://" + source;
        return uri.StartsWith(GitHub, StringComparison.Ordinal) ? uri : throw Malformed($"'{JsonFields.Shown(source)}' is not a repository of github.com");
    }

    private static Refusal Malformed(string message) => new(VerificationError.MalformedURI, message);
}

/// <summary>A full git reference taken apart.</summary>
internal static class GitRef
{
    public static string? Branch(string? reference) => Name(reference, "refs/heads/");

    public static string? Tag(string? reference) => Name(reference, "refs/tags/");

    private static string? Name(string? reference, string prefix) =>
        reference is not null && reference.StartsWith(prefix, StringComparison.Ordinal) && reference.Length > prefix.Length ? reference[prefix.Length..] : null;
}
