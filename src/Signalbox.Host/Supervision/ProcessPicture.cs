using System.Collections.Concurrent;
using Signalbox.Host.Posix;

namespace Signalbox.Host.Supervision;

/// <summary>The processes of one moment. What is asked of one beyond its stat line is read once, however many instances look for theirs.</summary>
internal sealed class ProcessPicture
{
    private const string ShimVerb = "shim";
    private readonly Dictionary<int, ProcessStat> _byPid = [];
    private readonly ConcurrentDictionary<int, IReadOnlyList<string>> _marks = [];
    private readonly ConcurrentDictionary<int, string?> _shims = [];
    private readonly ConcurrentDictionary<int, int?> _users = [];

    private ProcessPicture(IReadOnlyList<ProcessStat> all)
    {
        All = all;
        foreach (var process in all) _byPid[process.Pid] = process;
    }

    public IReadOnlyList<ProcessStat> All { get; }

    public int Count => _byPid.Count;

    /// <exception cref="IOException">The processes cannot be looked at: no descriptor is left, for one.</exception>
    public static ProcessPicture Take() => new(ProcessStat.ReadAll());

    public ProcessStat? Find(int pid) => _byPid.TryGetValue(pid, out var stat) ? stat : null;

    /// <summary>The values of <see cref="Leftovers.Mark"/> that it was started with.</summary>
    public IReadOnlyList<string> MarksOf(int pid) => _marks.GetOrAdd(pid, static p => ProcessFacts.ValuesOf(p, Leftovers.Mark));

    /// <summary>The instance's directory where it is a shim.</summary>
    public string? ShimDirectoryOf(int pid) => _shims.GetOrAdd(
        pid, static p => ProcessFacts.ArgumentsOf(p) is { Count: >= 3 } arguments && arguments[^2] == ShimVerb ? arguments[^1] : null);

    public int? UserOf(int pid) => _users.GetOrAdd(pid, static p => ProcessFacts.UserOf(p));
}
