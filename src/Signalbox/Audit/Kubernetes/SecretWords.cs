using System.Text;
using System.Text.RegularExpressions;

namespace Signalbox.Audit.Kubernetes;

/// <summary>How much a name or a value looks like a secret.</summary>
internal enum SecretLikeness { None, Weak, Strong }

/// <summary>Names and values that hold secrets.</summary>
internal static partial class SecretWords
{
    // nobody calls a variable by more, and the patterns look at each place of it
    private const int MostName = 256;

    /// <summary>What a variable's or key's name says.</summary>
    public static SecretLikeness OfName(string name) =>
        name.Length > MostName || !Word().IsMatch(name) ? SecretLikeness.None : StrongWord().IsMatch(name) && !AboutSecret().IsMatch(name) ? SecretLikeness.Strong : SecretLikeness.Weak;

    /// <summary>Whether a text speaks of secrets at all.</summary>
    public static bool Mentions(string text) => StrongWord().IsMatch(text);

    /// <summary>What a value is by itself, whatever its name: a private key, a token of a known issuer, a password in an address.</summary>
    public static SecretLikeness OfValue(string value) =>
        StrongValue().IsMatch(value) ? SecretLikeness.Strong : WeakValue().IsMatch(value) ? SecretLikeness.Weak : SecretLikeness.None;

    /// <summary>The same for a value that may be base64.</summary>
    public static SecretLikeness OfEncoded(string value)
    {
        var plain = OfValue(value);
        return plain != SecretLikeness.None || value.Length is < 16 or > 65536 || Decoded(value) is not { } text ? plain : OfValue(text);
    }

    /// <summary>Whether a value can be no secret: nothing, a file's place, a switch, a reference that is filled in elsewhere, or a word that says that nobody uses it.</summary>
    public static bool IsHarmless(string value) => value.Trim() is var v && (v.Length == 0 || Reference().IsMatch(v) || Unused().IsMatch(v));

    /// <summary>Whether a manifest's variable names a Secret instead of holding one: <c>TLS_DEFAULT_SECRET: ingress-cert</c>.</summary>
    public static bool NamesObject(string name, string value) => name.Length <= MostName && value.Length <= MostName && SecretOfCluster().IsMatch(name) && ObjectName().IsMatch(value.Trim());

    private static string? Decoded(string value)
    {
        var bytes = new byte[value.Length];
        return Convert.TryFromBase64String(value.Trim(), bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count) : null;
    }

    // a key alone says little (sort-key), but an auditor wants it
    [GeneratedRegex("secret|key|pass(word|wd|phrase)?|pwd|pswrd|passwrd|pword|token|jwt|bearer|credential", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    [GeneratedRegex("secret|passw(or)?d|passphrase|(^|[\\s_.-])pass($|[\\s=:\"'])|pwd|token|bearer|credential|api_?key|private_?key|access_?key|secret_?key|account_?key|azure_.+key|oci_cli_key", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex StrongWord();

    // names of something that belongs to a secret and is none: where it lies, how long it lives, who issued it, what prints it;
    // tokens that a model counts, the key's id by its old name, and what tells clusters apart
    [GeneratedRegex("(file|path|dir|name|url|uri|host|endpoint|enabled?|disabled?|ttl|expir\\w*|duration|timeout|length|size|issuer|audience|header|algorithm|type|prefix|suffix|id|ref|version|provider|backend|engine|driver|store|manager|class|namespace|mount|limit|count|max\\w*|min\\w*|refresh\\w*|rotation\\w*|policy|pattern|regexp?|claims?|scopes?|cmd|command|method|env|annotations?|labels?|secrets|(?<!(api|auth|access|bearer)[_-]?)tokens)$|^aws_access_key$|initial[_-]cluster[_-]token$|^(max|min|num|enable|disable|use|skip|no)[_-]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AboutSecret();

    [GeneratedRegex("-----BEGIN [A-Z ]*PRIVATE KEY-----|\\beyJ[A-Za-z0-9_-]{8,}\\.eyJ|\\bAKIA[0-9A-Z]{16}\\b|\\bgh[pousr]_[0-9A-Za-z]{36}|\\bAIza[0-9A-Za-z_-]{35}|\\bxox[baprs]-[0-9A-Za-z]{10,48}|\\bglpat-[0-9A-Za-z_-]{20}|\\b[a-z][a-z0-9+.-]{0,31}://[^\\s/:@$(){}]+:[^\\s/:@$(){}<>]{3,}@", RegexOptions.CultureInvariant)]
    private static partial Regex StrongValue();

    [GeneratedRegex("PRIVATE KEY|eyJhbGciO|\\bJWT\\b|\\bbearer\\s+\\S|_key_|_secret_", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex WeakValue();

    [GeneratedRegex("^(\"?(\\$[({A-Za-z]|\\{\\{|<[^>]*>$)|(/|\\./|~/)[\\w./-]*$|(true|false|null|none|nil|yes|no|on|off|disabled?|enabled?)$|ref\\+|vault:|secret://|env:|arn:|ENC\\[|[0-9.]+(ms|s|m|h|d|Mi|Gi)?$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Reference();

    // the Secret that something takes by its name: one of several, or of a kind
    [GeneratedRegex("(^|[_.-]|(?-i:(?<=[a-z])(?=[A-Z])))(default|tls|ssl|cert(ificate)?|ca|pull|registry|existing|credentials?|kubernetes|k8s|ssh|backup)[_.-]?secret$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretOfCluster();

    // kubernetes.io, "Object Names and IDs", of words: what is drawn at random has digits among its letters
    [GeneratedRegex("^[a-z]+([-.]([a-z]+|[0-9]{1,3}|v[0-9]))*$", RegexOptions.CultureInvariant)]
    private static partial Regex ObjectName();

    // etcd.io/docs/v3.5/op-guide/configuration: what is called a token there is the kind of token
    [GeneratedRegex(@"^([""']?(do[-_ ]?not[-_ ]?use|invalid|unused|dummy|not[-_ ]?(used|needed|required|set)|ignored)([-_ ][a-z_ -]*)?[""']?|changeit|n/a|jwt,[\w-]+=.*)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Unused();
}
