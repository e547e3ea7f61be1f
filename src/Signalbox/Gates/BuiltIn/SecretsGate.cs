using System.Text.RegularExpressions;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence.Reports;

namespace Signalbox.Gates.BuiltIn;

/// <summary>Secrets by reference only: none in the configuration's variables and commands, and none that a scanner found. No line ever shows a value.</summary>
internal static partial class SecretsGate
{
    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        foreach (var service in context.Release.Configuration.Services)
            foreach (var (name, value) in service.Environment)
                if (Problem(name, value) is { } problem)
                    lines.Deny("gate-secret-in-configuration", $"the variable {name} of {service.Name} {problem}; expected a reference to where the secret is kept",
                        $"env: {{ {name}_FILE: /run/secrets/{name.ToLowerInvariant()} }}   # in signalbox.yaml, and the program reads the file");
        foreach (var (name, command) in CommandsOf(context.Release.Configuration))
            if (command.Any(word => KnownForm().IsMatch(word) || UserInfo().IsMatch(word)))
                lines.Deny("gate-secret-in-configuration", $"the {name} holds what looks like a credential, which everybody sees who lists processes; expected a reference to where the secret is kept", "# in signalbox.yaml: give the program the path of a file, such as /run/secrets/token, and let it read that");
        var looked = false;
        foreach (var artifact in context.Artifacts)
            foreach (var (item, facts) in context.Scans(artifact.Digest, lines))
            {
                looked |= facts.Covers.Contains(FindingKind.Secret);
                foreach (var finding in facts.Findings.Where(finding => finding.Kind == FindingKind.Secret))
                    lines.Deny("gate-secret-found", $"{facts.Name} found {finding.Id ?? "a secret"} in {(finding.Paths is [var path, ..] ? path : context.Name(artifact))}", $"signalbox evidence show {item.Record.Id.Short}   # then: revoke it, take it out, build anew", item);
            }
        if (lines.IsEmpty) lines.Allow(looked ? "no variable holds a secret, and no scanner found one" : "no variable holds a secret; no scanner looked for one");
    }

    private static IEnumerable<(string Name, IReadOnlyList<string> Command)> CommandsOf(EnvironmentConfiguration configuration)
    {
        foreach (var (name, hook) in configuration.Hooks()) yield return ($"{name} hook", hook.Command);
        foreach (var service in configuration.Services)
        {
            yield return ($"command of {service.Name}", service.Command);
            if (service.Health?.Command is { } health) yield return ($"health check of {service.Name}", health);
        }
    }

    private static string? Problem(string name, string value)
    {
        // what begins like a reference may hold the secret itself
        if (KnownForm().IsMatch(value)) return "holds what looks like a credential";
        if (value.Length == 0 || IsReference(value)) return null;
        if (UserInfo().IsMatch(value)) return "holds an address with a password in it";
        return SecretName().IsMatch(name) && !IsHarmless(value) ? "is named like a secret and holds a value" : null;
    }

    /// <summary>A path, or an address of a secret manager.</summary>
    private static bool IsReference(string value) => (Path().IsMatch(value) && !value.Split('/').Any(IsRandom)) || Reference().IsMatch(value);

    /// <summary>Case goes up and down in it as it does in keys and hardly in names: a key of base64 may begin with a slash.</summary>
    private static bool IsRandom(string name) => name.Length >= 10 && name.Zip(name.Skip(1)).Count(pair => char.IsAsciiLetterLower(pair.First) && !char.IsAsciiLetterLower(pair.Second) && char.IsAsciiLetterOrDigit(pair.Second)) >= 3;

    private static bool IsHarmless(string value) => value is "true" or "false" or "none" or "disabled" or "enabled" || value.All(char.IsAsciiDigit);

    [GeneratedRegex("^/[^\\s=]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Path();

    [GeneratedRegex("^(vault|aws-sm|aws-ssm|gcp-sm|azure-kv|op|file|ref\\+[a-z]+)(:|://)[^\\s]+$|^(secret|env)://[^\\s]+$|^\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}$", RegexOptions.CultureInvariant)]
    private static partial Regex Reference();

    [GeneratedRegex("(^|_)(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS?|DSN)($|_(KEY|VALUE|TOKEN|HASH)$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();

    // forms as their makers document them: AWS access key ids, GitHub, GitLab, Slack, Stripe and npm tokens, Google API keys, PEM private keys, JWTs
    [GeneratedRegex("AKIA[0-9A-Z]{16}|ASIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40}|glpat-[A-Za-z0-9_-]{20}|xox[abprs]-[A-Za-z0-9-]{10}|[sr]k_live_[A-Za-z0-9]{16}|npm_[A-Za-z0-9]{36}|AIza[A-Za-z0-9_-]{35}|sbx_[A-Za-z0-9_-]{43}|-----BEGIN [A-Z ]*PRIVATE KEY-----|eyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.", RegexOptions.CultureInvariant)]
    private static partial Regex KnownForm();

    [GeneratedRegex("[A-Za-z][A-Za-z0-9+.-]{0,20}://[^/@:\\s]{0,100}:(?!\\$[A-Za-z_{(])[^/@\\s]{1,200}@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();
}
