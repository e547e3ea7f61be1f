using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Docker;

/// <summary>Options and variables by which programs stop to check what they get, as their manuals say.</summary>
internal static class Insecure
{
    /// <summary>The word by which a program accepts any certificate, or null.</summary>
    public static ShellWord? TlsFlag(ShellCommand command) => command.Program switch
    {
        "curl" => command.Option("--insecure") ?? command.Option("-k"),
        "wget" => command.Option("--no-check-certificate"),
        "git" => Word(command, w => w.StartsWith("http.sslverify=false", StringComparison.OrdinalIgnoreCase)) ?? Setting(command, "http.sslverify", "false", "0"),
        "npm" or "yarn" or "pnpm" => Word(command, w => w is "--strict-ssl=false" or "strict-ssl=false" or "--no-strict-ssl") ?? Setting(command, "strict-ssl", "false"),
        "conda" or "mamba" => Setting(command, "ssl_verify", "false", "False"),
        "apt-get" or "apt" => Word(command, w => w.Contains("Verify-Peer=false", StringComparison.OrdinalIgnoreCase)),
        "gem" => null,
        "yum" or "dnf" or "yum-config-manager" or "dnf-config-manager" => Word(command, w => SslVerifyOff(w)),
        _ when command.Program.StartsWith("pip", StringComparison.Ordinal) || command.Program.StartsWith("python", StringComparison.Ordinal) && command.Arguments.Any(w => w.Text == "pip") => command.Option("--trusted-host"),
        _ => null,
    };

    /// <summary>Whether a variable with that value has programs accept any certificate.</summary>
    public static bool TlsVariable(string name, string value) => name switch
    {
        "GIT_SSL_NO_VERIFY" or "PIP_TRUSTED_HOST" => value.Length > 0,
        "NODE_TLS_REJECT_UNAUTHORIZED" or "PYTHONHTTPSVERIFY" => Bare(value) == "0",
        "NPM_CONFIG_STRICT_SSL" or "npm_config_strict_ssl" => Bare(value) == "false",
        _ => false,
    };

    /// <summary>The word by which a package manager takes unsigned packages, or null.</summary>
    public static ShellWord? SignatureFlag(ShellCommand command) => command.Program switch
    {
        "apk" => command.Option("--allow-untrusted"),
        "apt-get" or "apt" or "aptitude" => command.Option("--allow-unauthenticated") ?? command.Option("--force-yes") ?? command.Option("--allow-insecure-repositories"),
        "yum" or "dnf" or "tdnf" or "microdnf" => command.Option("--nogpgcheck") ?? command.Option("--no-gpgchecks"),
        "rpm" => command.Option("--nosignature") ?? command.Option("--nodigest") ?? command.Option("--noverify") ?? command.Option("--nofiledigest"),
        "zypper" => command.Option("--no-gpg-checks") ?? command.Option("--allow-unsigned-rpm"),
        _ => null,
    };

    /// <summary>Whether dropping the word alone undoes it.</summary>
    public static bool IsWholeFlag(string word) => word is "--insecure" or "-k" or "--no-check-certificate" or "--allow-untrusted" or "--allow-unauthenticated" or "--force-yes" or "--nogpgcheck"
        or "--nosignature" or "--nodigest" or "--noverify" or "--nofiledigest" or "--no-gpg-checks" or "--no-gpgchecks" or "--allow-insecure-repositories" or "--allow-unsigned-rpm";

    private static bool SslVerifyOff(string word) => word.Replace("\"", "", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal) is var bare
        && bare.IndexOf("sslverify=", StringComparison.OrdinalIgnoreCase) is >= 0 and var at && bare[(at + 10)..].ToLowerInvariant() is "0" or "false" or "no";

    private static string Bare(string value) => value.Trim('"', '\'');

    private static ShellWord? Word(ShellCommand command, Func<string, bool> matches) => command.Arguments.FirstOrDefault(w => matches(w.Text));

    // npm config set strict-ssl false; npm config set strict-ssl=false
    private static ShellWord? Setting(ShellCommand command, string name, params ReadOnlySpan<string> values)
    {
        for (var i = 0; i < command.Arguments.Length; i++)
        {
            var text = command.Arguments[i].Text;
            if (text.Equals(name, StringComparison.OrdinalIgnoreCase) && i + 1 < command.Arguments.Length && values.Contains(command.Arguments[i + 1].Text)) return command.Arguments[i];
            foreach (var value in values)
                if (text.Equals($"{name}={value}", StringComparison.OrdinalIgnoreCase)) return command.Arguments[i];
        }
        return null;
    }
}
