using Signalbox.Host.Posix;

namespace Signalbox.Host.Supervision;

internal enum Ownership { None, Owned, Foreign }

/// <summary>Whether the port answers for the instance: every listener that could get its traffic is held by a descendant of its shim.</summary>
internal static class ListenerOwnership
{
    public static Ownership Of(int port, int shimPid, int workloadPid)
    {
        var listeners = ListenerTable.Read().Where(l => l.Port == port && l.TakesLoopback).Select(l => l.Inode).ToHashSet();
        if (listeners.Count == 0) return Ownership.None;
        listeners.ExceptWith(ListenerTable.SocketsOf(workloadPid));
        foreach (var pid in listeners.Count == 0 ? [] : Descendants(shimPid)) listeners.ExceptWith(ListenerTable.SocketsOf(pid));
        return listeners.Count == 0 ? Ownership.Owned : Ownership.Foreign;
    }

    /// <summary>The ports on which anything of the instance listens: the hint when it is not the one it was given.</summary>
    public static IReadOnlyList<int> PortsOf(int shimPid)
    {
        var held = Descendants(shimPid).SelectMany(ListenerTable.SocketsOf).ToHashSet();
        return [.. ListenerTable.Read().Where(l => held.Contains(l.Inode)).Select(l => l.Port).Distinct().Order()];
    }

    private static List<int> Descendants(int root)
    {
        var children = ProcessStat.ReadAll().ToLookup(p => p.Parent, p => p.Pid);
        var found = new List<int> { root };
        for (var i = 0; i < found.Count; i++) found.AddRange(children[found[i]]);
        return found[1..];
    }
}
