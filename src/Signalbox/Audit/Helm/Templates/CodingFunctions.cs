using System.Security.Cryptography;
using System.Text;
using Signalbox.Yaml;

namespace Signalbox.Audit.Helm.Templates;

/// <summary>Functions that code, decode and hash, and those whose value nobody can know beforehand.</summary>
internal static class CodingFunctions
{
    // each rendering gives another, or only a running cluster or clock knows
    private static readonly string[] s_unknowable =
    [
        "randAlphaNum", "randAlpha", "randNumeric", "randAscii", "randBytes", "randInt", "shuffle", "uuidv4", "genCA", "genCAWithKey", "genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey",
        "genPrivateKey", "derivePassword", "htpasswd", "bcrypt", "encryptAES", "decryptAES", "buildCustomCert", "now", "date", "dateInZone", "dateModify", "ago", "duration", "durationRound", "htmlDate", "unixEpoch", "toDate", "getHostByName",
    ];

    public static IEnumerable<(string Name, Func<object?[], object?> Run)> All { get; } =
    [
        .. s_unknowable.Select(n => (n, (Func<object?[], object?>)(_ => Unknown.Some))),
        .. Both("toYaml", a => a[0] is Unknown ? Unknown.Some : YamlWriter.Write(a[0])),
        .. Both("toJson", a => a[0] is Unknown ? Unknown.Some : YamlWriter.Json(a[0])),
        .. Both("toRawJson", a => a[0] is Unknown ? Unknown.Some : YamlWriter.Json(a[0])),
        .. Both("toPrettyJson", a => YamlWriter.Json(a[0])),
        .. Both("fromYaml", a => Read(a[0]) as Dictionary<string, object?> ?? new(StringComparer.Ordinal)),
        .. Both("fromJson", a => Read(a[0]) as Dictionary<string, object?> ?? new(StringComparer.Ordinal)),
        ("fromYamlArray", a => (List<object?>)Read(a[0])!),
        ("fromJsonArray", a => (List<object?>)Read(a[0])!),
        ("b64enc", a => Convert.ToBase64String(Bytes(a[0]))),
        ("b64dec", a => Encoding.UTF8.GetString(Convert.FromBase64String(TemplateValue.Text(a[0])))),
        ("sha256sum", a => Convert.ToHexStringLower(SHA256.HashData(Bytes(a[0])))),
        ("urlquery", a => Uri.EscapeDataString(TemplateValue.Text(a[0]))),
    ];

    private static IEnumerable<(string, Func<object?[], object?>)> Both(string name, Func<object?[], object?> run) => [(name, run), ("must" + char.ToUpperInvariant(name[0]) + name[1..], run)];

    private static byte[] Bytes(object? value) => Encoding.UTF8.GetBytes(TemplateValue.Text(value));

    private static object? Read(object? text) => YamlReader.ReadAll(new(TemplateValue.Text(text)), SourceFile.Limits) is { Problems: [] } read ? ChartValues.Of(read.Documents is [var first, ..] ? first : null) : throw new FormatException();
}
