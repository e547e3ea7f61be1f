namespace Signalbox.Evidence.Sboms;

/// <summary>What packages are needed for, from who asks for them.</summary>
internal static class LockScopes
{
    /// <summary>The strongest scope over all ways to a package; a way is as weak as its weakest part. What no way leads to is required.</summary>
    public static Dictionary<string, ComponentScope> Of(
        List<(string To, ComponentScope Scope)> direct, Dictionary<string, List<(string To, ComponentScope Scope)>> edges)
    {
        var scopes = new Dictionary<string, ComponentScope>(StringComparer.Ordinal);
        // the strongest first, so that a package's first scope is its last
        var queues = Enum.GetValues<ComponentScope>().Select(_ => new Queue<string>()).ToArray();
        foreach (var (to, scope) in direct) queues[(int)scope].Enqueue(to);
        foreach (var scope in Enum.GetValues<ComponentScope>())
            while (queues[(int)scope].TryDequeue(out var key))
            {
                if (!scopes.TryAdd(key, scope)) continue;
                foreach (var (to, needed) in edges[key])
                    if (!scopes.ContainsKey(to)) queues[Math.Max((int)scope, (int)needed)].Enqueue(to);
            }
        foreach (var key in edges.Keys) scopes.TryAdd(key, ComponentScope.Required);
        return scopes;
    }

    /// <summary>Adds a package and all that it leads to.</summary>
    public static void Reach(string from, Dictionary<string, List<(string To, ComponentScope Scope)>> edges, HashSet<string> reached)
    {
        var next = new Stack<string>([from]);
        while (next.TryPop(out var key))
            if (reached.Add(key))
                foreach (var (to, _) in edges[key]) next.Push(to);
    }
}
