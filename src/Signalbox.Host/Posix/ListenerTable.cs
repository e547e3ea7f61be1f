using System.Globalization;

namespace Signalbox.Host.Posix;

/// <param name="Address">As /proc/net/tcp writes it: hex, in the machine's byte order.</param>
internal readonly record struct Listener(string Address, int Port, long Inode)
{
    /// <summary>Would get connections to 127.0.0.1: bound to it or to every address, of IPv4 or mapped into IPv6.</summary>
    public bool TakesLoopback => Address is "00000000" or "0100007F" or "00000000000000000000000000000000"
        or "0000000000000000FFFF00000100007F" or "0000000000000000FFFF000000000000";
}

/// <summary>Who listens, by /proc/net/tcp and the descriptors of processes.</summary>
internal static class ListenerTable
{
    public static List<Listener> Read() => [.. ReadFile("/proc/net/tcp"), .. ReadFile("/proc/net/tcp6")];

    /// <summary>The inodes of the sockets that a process holds open.</summary>
    /// <returns>Empty where the process is gone or another user's.</returns>
    /// <exception cref="IOException">This process lacks the descriptor to look.</exception>
    public static HashSet<long> SocketsOf(int pid)
    {
        var inodes = new HashSet<long>();
        try
        {
            foreach (var path in Directory.EnumerateFileSystemEntries($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/fd"))
                if (TargetOf(path) is { } target && SocketInode(target) is { } inode) inodes.Add(inode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && !Shortage.Is(e))
        {
            // it has just ended
        }
        return inodes;
    }

    internal static IEnumerable<Listener> Parse(IEnumerable<string> lines)
    {
        foreach (var line in lines.Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            // listening sockets come first (the kernel's proc_net_tcp.txt): the rest can be 100,000 lines of traffic
            if (fields.Length < 10 || fields[3] != "0A") yield break;
            var colon = fields[1].IndexOf(':');
            yield return new(fields[1][..colon], int.Parse(fields[1].AsSpan(colon + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                long.Parse(fields[9], CultureInfo.InvariantCulture));
        }
    }

    private static IEnumerable<Listener> ReadFile(string path)
    {
        // tcp6 is missing where the kernel has no IPv6
        return File.Exists(path) ? Parse(File.ReadLines(path)) : [];
    }

    private static string? TargetOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (IOException e) when (!Shortage.Is(e))
        {
            return null;
        }
    }

    private static long? SocketInode(string target) =>
        target.StartsWith("socket:[", StringComparison.Ordinal)
        && long.TryParse(target.AsSpan(8, target.Length - 9), CultureInfo.InvariantCulture, out var inode) ? inode : null;
}
