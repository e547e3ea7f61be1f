using System.Text.RegularExpressions;
using Signalbox.Audit.Compose;
using Signalbox.Audit.Kubernetes;
using Signalbox.Audit.Readers;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

/// <summary>Compose files and <c>.env</c> files.</summary>
internal sealed partial class SecretInEnvLiteralRule
{
    private static readonly HashSet<string> s_defaults = new(StringComparer.OrdinalIgnoreCase)
    {
        "postgres", "password", "passw0rd", "root", "admin", "secret", "example", "test", "testing", "dev", "user", "guest", "minio", "minioadmin", "mysql", "rabbitmq", "redis", "keycloak", "mongo", "pass", "toor", "1234", "12345", "123456", "12345678",
    };

    public void Check(ComposeService service, Report report)
    {
        foreach (var (name, written, range) in service.Environment)
            if (ComposeText.Interpolated(written) is { } value && Likeness(name, value) is not SecretLikeness.None and var likeness)
                report.At(range, $"{service.Title} has {YamlQuote.Short(name)} written into the file", written.Contains("${", StringComparison.Ordinal) ? "expected no default" : "expected ${…}, a secret or an ignored env_file", level: IsWordInstead(written, value) ? Level.Pedantic : LevelOf(likeness, value, report.File.Path));
    }

    public void Check(EnvFile file, Report report)
    {
        if (file.IsEncrypted || GitIgnore.Ignores(report.Repository, file.Path)) return;
        foreach (var variable in file.Variables)
            if (Likeness(variable.Name, variable.Value) is not SecretLikeness.None and var likeness)
                report.At(variable.Range, $"{YamlQuote.Short(variable.Name)} is in Git with its value", "expected it in a secret manager, and the file in .gitignore", level: LevelOf(likeness, variable.Value, file.Path));
    }

    // ${TOKEN:-internal}: what stands in for a variable that is set elsewhere is no secret where it is one plain word
    private static bool IsWordInstead(string written, string value) => written.StartsWith("${", StringComparison.Ordinal) && written.EndsWith('}') && value.Length <= LongestWord && value.All(char.IsAsciiLetterLower);

    private const int LongestWord = 12;

    private static SecretLikeness Likeness(string name, string value) => SecretWords.IsHarmless(value) || GitOps.PlainSecret.IsPlaceholder(value)
        ? SecretLikeness.None
        : (SecretLikeness)Math.Max((int)SecretWords.OfName(name), (int)SecretWords.OfValue(value));

    private static Level? LevelOf(SecretLikeness likeness, string value, string path) =>
        likeness == SecretLikeness.Weak ? Level.Auditor : IsDefault(value) || Development().IsMatch(path) ? Level.Pedantic : null;

    // a local database's password in an address counts no more than it does alone
    private static bool IsDefault(string value) =>
        s_defaults.Contains(value) || (value.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme && value.IndexOf('@', scheme) is > 0 and var at && s_defaults.Contains(value[(scheme + 3)..at].Split(':')[^1]));

    [GeneratedRegex(@"(^|[-._/])(dev|development|local|test|tests|testing|integration|ci|e2e|example|examples|demo|override|sample|samples)([-._/]|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Development();
}
