using System.Text;
using System.Text.RegularExpressions;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitOps;

/// <summary>Secret manifests whose values can be read.</summary>
internal static partial class PlainSecret
{
    // what a Secret holds beside the secret itself: public certificates, who logs in where and as what, and what Argo CD's declarative set-up needs to find a repository or cluster
    private static readonly HashSet<string> s_public = new(StringComparer.Ordinal)
    {
        "ca.crt", "ca.pem", "ca-bundle.crt", "url", "type", "project", "server", "namespace", "name", "enableOCI", "enableLfs", "insecure", "namespaces", "githubAppID", "githubAppInstallationID", "githubAppEnterpriseBaseUrl", "proxy", "noProxy",
    };

    /// <summary>The entries of a Secret's data that hold a value in plain text or in base64; what is called a secret comes first.</summary>
    public static IEnumerable<YamlEntry> Values(KubernetesObject target)
    {
        if (target.Kind != "Secret" || target.Group.Length > 0) return [];
        return target.Root.Get("data").Entries().Where(e => IsReadable(e, Decoded)).Concat(target.Root.Get("stringData").Entries().Where(e => IsReadable(e, t => t)))
            .OrderByDescending(e => SecretWords.OfName(e.Key.Value) == SecretLikeness.Strong);
    }

    /// <summary>Whether SOPS encrypted the document: then a value that is still in the clear was left out of the encryption.</summary>
    public static bool IsSops(YamlNode root) => root.Get("sops") is YamlMapping sops && (sops.Entry("mac") ?? sops.Entry("lastmodified") ?? sops.Entry("version")) is not null;

    /// <summary>Whether an entry's name says that everybody may know it.</summary>
    public static bool IsPublic(string name, string value) => (s_public.Contains(name) || Public().IsMatch(name)) && SecretWords.OfValue(value) != SecretLikeness.Strong;

    private static bool IsReadable(YamlEntry entry, Func<string, string?> read) =>
        entry.Value.Text() is { Length: > 0 } written && !IsPlaceholder(written) && read(written) is { } text && !IsPublic(entry.Key.Value, text) && !IsPlaceholder(text) && !PlainSettings.Are(entry.Key.Value, text);

    /// <summary>Whether a value stands for one that is filled in elsewhere, or was encrypted.</summary>
    public static bool IsPlaceholder(string value) => value.Trim() is var text && (text.Length == 0 || text.StartsWith("ENC[", StringComparison.Ordinal) || text.StartsWith("ref+", StringComparison.Ordinal) || text.StartsWith("op://", StringComparison.Ordinal) || text.StartsWith("vault:", StringComparison.Ordinal)
        || text is "true" or "false" || (text[0] == '<' && text[^1] == '>') || (text.IndexOf('<') is >= 0 and var open && text.IndexOf('>', open) > open + 1 && !text[open..].Contains(' ')) || text.Contains("{{", StringComparison.Ordinal) || text.StartsWith("${", StringComparison.Ordinal) || text.StartsWith("$(", StringComparison.Ordinal) || IsFiller(text));

    private const int LongestDescription = 200;

    private static bool IsFiller(string text) => text.Distinct().Take(2).Count() == 1 && text[0] is 'x' or 'X' or '*' or '.' || s_fillers.Any(f => text.Contains(f, StringComparison.OrdinalIgnoreCase)) || (text.Length <= LongestDescription && Described().IsMatch(text));

    private static readonly string[] s_fillers = ["replace_me", "replace-me", "replaceme", "changeme", "change-me", "change_me", "changethis", "change-this", "change_this", "your-", "your_", "my-password", "my-secret", "my-token", "\n...\n", "update_aws", "update_me", "placeholder", "todo", "dummy", "redacted", "do-not-use", "do_not_use", "goes here", "goes-here", "goes_here"];

    /// <summary>The text of base64; null for what is none: the API refuses it, and some tool fills it in.</summary>
    public static string? Decoded(string value)
    {
        var text = string.Concat(value.Where(c => !char.IsWhiteSpace(c)));
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count) : null;
    }

    // words that say what belongs there: my-service-principal-client-id, the secret password, p-XXXX
    [GeneratedRegex(@"^(my|your|the|some)([-_ ][a-z]+)*[-_ ](secret|password|token|key|id|credentials?)([-_ ][a-z]+)*$|^[a-z]{0,3}[-_]X{4,}$", RegexOptions.CultureInvariant)]
    private static partial Regex Described();

    [GeneratedRegex(@"(^|[-_.]|(?-i:(?<=[a-z])(?=[A-Z])))(host(name)?|port|user(_?name)?|roles?|client[-_]?id)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Public();
}
