using System.Text.RegularExpressions;
using Signalbox.Delivery;

namespace Signalbox.Pipelines.Local;

/// <summary>What a job sees: an allow-list of the variables of whoever runs it, and its own.</summary>
internal static partial class JobEnvironment
{
    private static readonly string[] s_allowed =
    [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TERM", "LANG", "LANGUAGE", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS",
        "DOTNET_ROOT", "NUGET_PACKAGES", "JAVA_HOME", "GOPATH", "GOCACHE", "CARGO_HOME", "RUSTUP_HOME", "NVM_DIR", "VIRTUAL_ENV", "DOCKER_HOST", "DOCKER_CONFIG", "REGISTRY_AUTH_FILE",
        "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
        "GOPROXY", "GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOSUMDB", "GOINSECURE", "GOFLAGS", "GOTOOLCHAIN", "GOMODCACHE", "npm_config_registry",
    ];

    /// <summary>Where packages come from, and how; what signs in there is a secret, which a job names.</summary>
    private static readonly string[] s_packages = ["PIP_", "UV_", "NPM_CONFIG_"], s_secret = ["AUTH", "TOKEN", "PASSWORD", "SECRET", "KEY"];

    /// <summary>Those of them that change what programs write, or say which ones run.</summary>
    private static readonly string[] s_meaning = ["LANG", "LANGUAGE", "TZ", "DOTNET_ROOT", "JAVA_HOME", "VIRTUAL_ENV", "GOFLAGS", "GOTOOLCHAIN", "GOPROXY", "npm_config_registry"];

    /// <param name="host">The variables of whoever runs it.</param>
    /// <param name="missing">A variable that it takes and that is not set; else null.</param>
    public static Dictionary<string, string> Of(PlannedJob job, IReadOnlyDictionary<string, string> host, out string? missing)
    {
        var seen = host.Where(variable => IsAllowed(variable.Key)).ToDictionary(StringComparer.Ordinal);
        seen["CI"] = "true";
        foreach (var (name, value) in Own(job, host, out missing)) seen[name] = value;
        return seen;
    }

    /// <summary>What the file says that it sees, and its values of the matrix.</summary>
    public static Dictionary<string, string> Own(PlannedJob job, IReadOnlyDictionary<string, string> host, out string? missing)
    {
        missing = null;
        var own = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, variable) in job.Job.Environment)
            if ((variable.Text ?? host.GetValueOrDefault(variable.From!)) is { } value) own[name] = value;
            else missing = variable.From;
        foreach (var (name, value) in job.Axes) own[name] = value;
        return own;
    }

    /// <summary>What a result depends on, a line each: of a secret that there is one, not its value.</summary>
    public static IEnumerable<string> Facts(PlannedJob job, IReadOnlyDictionary<string, string> host)
    {
        foreach (var (name, variable) in job.Job.Environment)
            yield return variable.Secret ? $"secret {name} from {variable.From}" : $"env {name}={variable.Text ?? host.GetValueOrDefault(variable.From!)}";
        foreach (var (name, value) in job.Axes.OrderBy(axis => axis.Key, StringComparer.Ordinal)) yield return $"axis {name}={value}";
        foreach (var (name, value) in host.Where(variable => s_meaning.Contains(variable.Key) || IsLocale(variable.Key) || IsOfPackages(variable.Key)).OrderBy(variable => variable.Key, StringComparer.Ordinal)) yield return $"host {name}={value}";
    }

    /// <summary>The values of all secrets that the jobs take, and what signs in at the addresses that all see.</summary>
    public static IEnumerable<string> Secrets(IEnumerable<PipelineJob> jobs, IReadOnlyDictionary<string, string> host) => jobs
        .SelectMany(job => job.Environment.Values).Where(variable => variable.Secret)
        .Select(variable => host.GetValueOrDefault(variable.From!)).OfType<string>()
        .Concat(host.Where(variable => IsAllowed(variable.Key)).SelectMany(variable => SignsIn(variable.Value)))
        .Distinct();

    /// <summary>The passwords of <c>https://user:password@host</c>, and what stands there alone; one that is too short to be hidden is none.</summary>
    private static IEnumerable<string> SignsIn(string addresses) => SignIn().Matches(addresses)
        .Select(match => match.Groups["password"].Value is { Length: > 0 } password ? password : match.Groups["user"].Value)
        .SelectMany(password => (string[])[password, Uri.UnescapeDataString(password)])
        .Where(password => password.Length >= SecretPatterns.Shortest);

    private static bool IsAllowed(string name) => s_allowed.Contains(name) || IsLocale(name) || name.StartsWith("XDG_", StringComparison.Ordinal)
        || IsOfPackages(name);

    private static bool IsOfPackages(string name) => s_packages.Any(start => name.StartsWith(start, StringComparison.Ordinal)) && !s_secret.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static bool IsLocale(string name) => name.StartsWith("LC_", StringComparison.Ordinal);

    // also of name=https://user:password@host, lists of addresses, and user:password@host alone
    [GeneratedRegex(@"(?:^|//)(?<user>[^/\s:]*)(:(?<password>[^/\s]*))?@", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex SignIn();
}
