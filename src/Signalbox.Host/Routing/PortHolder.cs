using System.Globalization;
using System.Net.Sockets;
using Signalbox.Delivery;

namespace Signalbox.Host.Routing;

/// <summary>Who listens on a port, as /proc tells it.</summary>
internal static class PortHolder
{
    private const string Listening = "0A";

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
        var sockets = Sockets("/proc/net/tcp", port).Concat(Sockets("/proc/net/tcp6", port)).Select(inode => $"socket:[{inode}]").ToHashSet();
        if (sockets.Count == 0) return null;
        foreach (var process in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(process), out var pid) && Holds(process, sockets)) return $"{NameOf(process)} (pid {pid})";
        return null;
    }

    private static IEnumerable<string> Sockets(string table, int port)
    {
        if (!File.Exists(table)) yield break;
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (var line in File.ReadLines(table))
        {
            var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length > 9 && columns[3] == Listening && columns[1].EndsWith(suffix, StringComparison.Ordinal)) yield return columns[9];
        }
    }

    private static bool Holds(string process, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles(process + "/fd").Any(fd => new FileInfo(fd).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
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
