using System.Globalization;

namespace Signalbox.Host.Supervision;

/// <summary>A numeric user of its own for each service, without an entry in /etc/passwd; <see cref="WorkloadUsers"/> gives them.</summary>
internal static class WorkloadUser
{
    /// <summary>
    /// Numbers that systemd gives to nobody (systemd.io/UIDS-GIDS), below those of subordinate users and above those of
    /// accounts and of its dynamic users (61184 to 65519), which other services of the machine have.
    /// </summary>
    public const int First = 66_000, Last = 99_999;

    public static string? SetprivPath { get; } =
        new[] { "/usr/bin/setpriv", "/bin/setpriv", "/usr/sbin/setpriv" }.FirstOrDefault(File.Exists);

    /// <summary>
    /// The command run as that user. setpriv still has the host's rights when it starts, so what tells the dynamic
    /// loader or the C library to load a service's code waits until they are gone: env(1) sets it behind setpriv.
    /// </summary>
    public static (IReadOnlyList<string> Command, IReadOnlyDictionary<string, string> Environment) Wrap(
        int userId, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment)
    {
        var id = userId.ToString(CultureInfo.InvariantCulture);
        List<string> wrapped = [SetprivPath!, "--reuid", id, "--regid", id, "--clear-groups", "--no-new-privs", "--"];
        var late = environment.Where(e => SteersLoading(e.Key)).ToList();
        if (late.Count > 0) wrapped.AddRange(["/usr/bin/env", .. late.Select(e => $"{e.Key}={e.Value}")]);
        return ([.. wrapped, .. command], environment.Where(e => !SteersLoading(e.Key)).ToDictionary());
    }

    /// <summary>What glibc itself ignores in setuid programs (its unsecvars.h), less TMPDIR.</summary>
    private static bool SteersLoading(string name) =>
        name.StartsWith("LD_", StringComparison.Ordinal) || name.StartsWith("MALLOC_", StringComparison.Ordinal)
        || name is "GCONV_PATH" or "GETCONF_DIR" or "GLIBC_TUNABLES" or "HOSTALIASES" or "LOCALDOMAIN" or "LOCPATH"
            or "NIS_PATH" or "NLSPATH" or "RESOLV_HOST_CONF" or "RES_OPTIONS" or "TZDIR";
}
