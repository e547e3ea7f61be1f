using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Signalbox.Host.Supervision;

/// <summary>A numeric user of its own for each service, without an entry in /etc/passwd.</summary>
internal static class WorkloadUser
{
    /// <summary>The range systemd gives to dynamic users (systemd.io/UIDS-GIDS): no person's account lies in it.</summary>
    public const int First = 61184, Last = 65519;

    public static string? SetprivPath { get; } =
        new[] { "/usr/bin/setpriv", "/bin/setpriv", "/usr/sbin/setpriv" }.FirstOrDefault(File.Exists);

    /// <summary>The same user for a service on every machine, so that files it owns stay its own.</summary>
    public static int IdOf(string track, string service)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{track}\n{service}"));
        return First + (int)(BitConverter.ToUInt32(hash) % (Last - First + 1));
    }

    public static IReadOnlyList<string> Wrap(int userId, IReadOnlyList<string> command)
    {
        var id = userId.ToString(CultureInfo.InvariantCulture);
        return [SetprivPath!, "--reuid", id, "--regid", id, "--clear-groups", "--no-new-privs", "--", .. command];
    }
}
