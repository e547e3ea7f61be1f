using System.Globalization;
using Signalbox.Host.Posix;

namespace Signalbox.Host.Supervision;

/// <summary>What a workload sees: an allow-list of the host's variables, its own configuration, HOST and PORT.</summary>
internal static class WorkloadEnvironment
{
    private static readonly string[] Allowed =
        ["PATH", "LANG", "LANGUAGE", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "DOTNET_ROOT", "JAVA_HOME"];

    private static readonly string[] AllowedForSameUser = ["HOME", "USER", "LOGNAME", "TMPDIR"];

    /// <param name="id">The instance's: the mark by which its processes are found again.</param>
    /// <param name="host">The host's own environment.</param>
    /// <param name="work">The instance's own directory where it has a user of its own, else null.</param>
    public static Dictionary<string, string> Of(
        string id, InstanceSpec spec, int port, IReadOnlyDictionary<string, string> host, string? work)
    {
        var seen = OfCommand(id, spec.Environment, host, work);
        seen.TryAdd("HOST", "127.0.0.1");
        seen["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        return seen;
    }

    /// <summary>What a command sees that stands beside a service's instances: no HOST and no PORT.</summary>
    public static Dictionary<string, string> OfCommand(
        string id, IReadOnlyDictionary<string, string> configured, IReadOnlyDictionary<string, string> host, string? work)
    {
        var seen = new Dictionary<string, string> { ["PATH"] = ProgramPath.DefaultSearch };
        foreach (var (name, value) in host)
            if (IsAllowed(name, sameUser: work is null)) seen[name] = value;
        if (work is not null) seen["HOME"] = seen["TMPDIR"] = work;
        foreach (var (name, value) in configured) seen[name] = value;
        seen[Leftovers.Mark] = id;
        return seen;
    }

    private static bool IsAllowed(string name, bool sameUser) =>
        Allowed.Contains(name) || name.StartsWith("LC_", StringComparison.Ordinal) || (sameUser && AllowedForSameUser.Contains(name));
}
