using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Signalbox.Storage;

namespace Signalbox.Server;

/// <summary>The port of an installation that was not told one: kept, so that addresses stay what they were.</summary>
internal static class ListenPort
{
    /// <summary>
    /// Where an installation's own ports lie: below 32,768, where Linux begins to lend ports to outgoing connections
    /// (<c>net.ipv4.ip_local_port_range</c>). One that is lent out while the control plane restarts could not be had again.
    /// </summary>
    private const int First = 20_000, Count = 12_000;

    private const int Own = 16;

    /// <summary>The one it had last, where it is known, the usual one, and some that follow from its folder's name.</summary>
    public static IEnumerable<int> Candidates(string stateDirectory)
    {
        var path = Path.Combine(stateDirectory, StateDirectory.PortFile);
        if (File.Exists(path) && int.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var last) && last is > 0 and <= ushort.MaxValue)
            yield return last;
        yield return ServeOptions.DefaultPort;
        var name = SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(stateDirectory)));
        for (var i = 0; i < Own; i++)
            yield return First + (BitConverter.ToUInt16(name, 2 * i) % Count);
    }

    public static void Remember(StateDirectory state, int port) =>
        StateDirectory.WriteSecret(state.PortPath, port.ToString(CultureInfo.InvariantCulture) + "\n");
}
