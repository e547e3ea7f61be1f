namespace Signalbox.Evidence.Verification;

/// <summary>Repositories in the many ways that provenance, certificates and people write them.</summary>
internal static class SourceRepositories
{
    /// <summary>As policies have it: <c>github.com/acme/shop</c>, without scheme, reference and <c>.git</c>.</summary>
    public static string Plain(string source)
    {
        var text = source.StartsWith("git+", StringComparison.Ordinal) ? source[4..] : source;
        if (text.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme) text = text[(scheme + 3)..];
        if (text.IndexOf('@') is > 0 and var at) text = text[..at];
        return text.EndsWith(".git", StringComparison.Ordinal) ? text[..^4] : text;
    }

    /// <summary>
    /// Whether a workflow's name (<c>https://HOST/OWNER/REPO/PATH@REF</c>) lies in the repository. Only then does the name say whose run it
    /// was: a certificate names the reusable workflow that ran, and anybody may call a public one. Hosts have no case in either.
    /// </summary>
    public static bool Has(string source, string identity) =>
        Plain(identity) is var name && Plain(source) is { Length: > 0 } repository && (name.Equals(repository, StringComparison.OrdinalIgnoreCase) || name.StartsWith(repository + "/", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a name is a workflow's, of a file at a reference: an e-mail address and an account lie in no repository.</summary>
    public static bool IsWorkflow(string identity) => identity.StartsWith("https://", StringComparison.Ordinal) && identity.Contains('@', StringComparison.Ordinal);
}
