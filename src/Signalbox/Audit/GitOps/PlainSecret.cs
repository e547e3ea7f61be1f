using System.Text;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitOps;

/// <summary>Secret manifests whose values can be read.</summary>
internal static class PlainSecret
{
    // what a Secret holds beside the secret itself: public certificates, and what Argo CD's declarative set-up needs to find a repository or cluster
    private static readonly HashSet<string> s_public = new(StringComparer.Ordinal)
    {
        "ca.crt", "ca.pem", "ca-bundle.crt", "url", "type", "project", "enableOCI", "enableLfs", "insecure", "server", "namespace", "namespaces",
        "username", "user", "name", "githubAppID", "githubAppInstallationID", "githubAppEnterpriseBaseUrl", "proxy", "noProxy",
    };

    /// <summary>The entries of a Secret's data that hold a value in plain text or in base64.</summary>
    public static IEnumerable<YamlEntry> Values(KubernetesObject target)
    {
        if (target.Kind != "Secret" || target.Group.Length > 0) return [];
        return target.Root.Get("data").Entries().Where(e => IsReadable(e, Decoded)).Concat(target.Root.Get("stringData").Entries().Where(e => IsReadable(e, t => t)));
    }

    /// <summary>Whether SOPS encrypted the document: then a value that is still in the clear was left out of the encryption.</summary>
    public static bool IsSops(YamlNode root) => root.Get("sops") is YamlMapping sops && (sops.Entry("mac") ?? sops.Entry("lastmodified") ?? sops.Entry("version")) is not null;

    private static bool IsReadable(YamlEntry entry, Func<string, string?> read) => !s_public.Contains(entry.Key.Value)
        && entry.Value.Text() is { Length: > 0 } written && !IsPlaceholder(written) && read(written) is { } text && !IsPlaceholder(text) && !PlainSettings.Are(entry.Key.Value, text);

    /// <summary>Whether a value stands for one that is filled in elsewhere, or was encrypted.</summary>
    public static bool IsPlaceholder(string value) => value.Trim() is var text && (text.Length == 0 || text.StartsWith("ENC[", StringComparison.Ordinal) || text.StartsWith("ref+", StringComparison.Ordinal) || text.StartsWith("op://", StringComparison.Ordinal) || text.StartsWith("vault:", StringComparison.Ordinal)
        || text is "true" or "false" || (text[0] == '<' && text[^1] == '>') || (text.IndexOf('<') is >= 0 and var open && text.IndexOf('>', open) > open + 1 && !text[open..].Contains(' ')) || text.Contains("{{", StringComparison.Ordinal) || text.StartsWith("${", StringComparison.Ordinal) || text.StartsWith("$(", StringComparison.Ordinal) || IsFiller(text));

    private static bool IsFiller(string text) => text.Distinct().Take(2).Count() == 1 && text[0] is 'x' or 'X' or '*' or '.' || s_fillers.Any(f => text.Contains(f, StringComparison.OrdinalIgnoreCase));

    private static readonly string[] s_fillers = ["replace_me", "replace-me", "replaceme", "changeme", "change-me", "change_me", "changethis", "change-this", "change_this", "your-", "your_", "my-password", "my-secret", "my-token", "\n...\n", "update_aws", "update_me", "placeholder", "todo", "dummy", "redacted"];

    /// <summary>The text of base64; null for what is none: the API refuses it, and some tool fills it in.</summary>
    public static string? Decoded(string value)
    {
        var text = string.Concat(value.Where(c => !char.IsWhiteSpace(c)));
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count) : null;
    }
}
