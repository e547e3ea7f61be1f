using System.Net.Sockets;
using Signalbox.Delivery;
using Signalbox.Host.Posix;

namespace Signalbox.Host.Routing;

/// <summary>Who listens on a port, as /proc tells it.</summary>
internal static class PortHolder
{
    /// <summary>Why an address cannot be listened on, with the process that holds it where it can be seen.</summary>
    public static string Explain(ListenAddress address, SocketException error) => error.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse when Find(address.Port) is { } holder => $"cannot listen on {address}: port {address.Port} is held by {holder}",
        SocketError.AddressAlreadyInUse => $"cannot listen on {address}: port {address.Port} is in use",
        SocketError.AddressNotAvailable => $"cannot listen on {address}: this machine has no address {address.Address}",
        SocketError.AccessDenied => $"cannot listen on {address}: ports below 1024 need privileges (net.ipv4.ip_unprivileged_port_start)",
        _ => $"cannot listen on {address}: {error.Message}",
    };

    /// <returns>Name and pid, or null where nobody listens or its owner is hidden from this user.</returns>
    public static string? Find(int port)
    {
        var sockets = ListenerTable.Read().Where(l => l.Port == port).Select(l => l.Inode).ToHashSet();
        if (sockets.Count == 0) return null;
        foreach (var process in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(process), out var pid) && ListenerTable.SocketsOf(pid).Overlaps(sockets)) return $"{NameOf(process)} (pid {pid})";
        return null;
    }

    private static string NameOf(string process)
    {
        try
        {
            return File.ReadAllText(process + "/comm").Trim();
        }
        catch (IOException)
        {
            return "a process";
        }
    }
}
