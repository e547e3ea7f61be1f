using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Signalbox.Host.Posix;

namespace Signalbox.Host.Supervision;

/// <param name="State">The state directory of the host that the service is of.</param>
internal sealed record WorkloadUserEntry(int UserId, string State, string Track, string Service);

/// <summary>What lies in <c>users.json</c>.</summary>
internal sealed record WorkloadUserTable(IReadOnlyList<WorkloadUserEntry> Users);

/// <summary>
/// Which service has which user: one file for all hosts of a machine, so that no two services share one. A user that
/// was given stays given, since files anywhere may belong to it. Only where none is left, those of state directories
/// that are gone are given again.
/// </summary>
/// <param name="path">The file; beside it lies its lock.</param>
/// <param name="state">This host's state directory.</param>
/// <param name="accounts">Where <c>passwd</c> and <c>subuid</c> lie.</param>
internal sealed class WorkloadUsers(
    string path, string state, int first = WorkloadUser.First, int last = WorkloadUser.Last, string accounts = "/etc")
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan LockWithin = TimeSpan.FromSeconds(10), LockRound = TimeSpan.FromMilliseconds(5);
    private readonly ConcurrentDictionary<(string Track, string Service), int> _known = new();

    /// <exception cref="IOException">The file cannot be read or written, or every user is given.</exception>
    public int Of(string track, string service) =>
        _known.TryGetValue((track, service), out var user) ? user : _known[(track, service)] = FindOrGive(track, service);

    /// <summary>Where the search begins: mostly the same user for a service also where the file was lost.</summary>
    internal int Preferred(string track, string service)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{track}\n{service}"));
        return first + (int)(BitConverter.ToUInt32(hash) % (last - first + 1));
    }

    private int FindOrGive(string track, string service)
    {
        using var held = Lock();
        var entries = Read();
        if (entries.Find(e => e.State == state && e.Track == track && e.Service == service) is { } mine) return mine.UserId;
        if (Free(entries, track, service) is not { } user)
        {
            entries.RemoveAll(e => !Directory.Exists(e.State));
            user = Free(entries, track, service) ?? throw Full();
        }
        entries.Add(new(user, state, track, service));
        Write(new(entries));
        return user;
    }

    private void Write(WorkloadUserTable table)
    {
        var beside = path + ".new";
        using (var file = new FileStream(beside, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            JsonSerializer.Serialize(file, table, SupervisionJson.Default.WorkloadUserTable);
            file.Flush(flushToDisk: true);
        }
        File.Move(beside, path, overwrite: true);
        DiskFlush.Directory(Path.GetDirectoryName(path)!);
    }

    private int? Free(List<WorkloadUserEntry> entries, string track, string service)
    {
        var taken = entries.Select(e => e.UserId).Concat(Accounts()).ToHashSet();
        var subordinate = SubordinateUsers();
        var preferred = Preferred(track, service);
        var count = last - first + 1;
        for (var i = 0; i < count; i++)
        {
            var user = first + ((preferred - first + i) % count);
            if (!taken.Contains(user) && !subordinate.Exists(r => user >= r.First && user - r.First < r.Count)) return user;
        }
        return null;
    }

    private IEnumerable<int> Accounts()
    {
        foreach (var fields in Lines("passwd"))
            if (fields.Length > 3 && int.TryParse(fields[2], CultureInfo.InvariantCulture, out var user)) yield return user;
    }

    /// <summary>What accounts give to the users of their containers (subuid(5)).</summary>
    private List<(long First, long Count)> SubordinateUsers()
    {
        var ranges = new List<(long, long)>();
        foreach (var fields in Lines("subuid"))
            if (fields.Length == 3 && long.TryParse(fields[1], CultureInfo.InvariantCulture, out var from) && long.TryParse(fields[2], CultureInfo.InvariantCulture, out var count))
                ranges.Add((from, count));
        return ranges;
    }

    private IEnumerable<string[]> Lines(string name) =>
        Path.Combine(accounts, name) is var file && File.Exists(file) ? File.ReadLines(file).Select(line => line.Split(':')) : [];

    private List<WorkloadUserEntry> Read()
    {
        if (!File.Exists(path)) return [];
        try
        {
            return [.. JsonSerializer.Deserialize(File.ReadAllBytes(path), SupervisionJson.Default.WorkloadUserTable)?.Users ?? throw new JsonException("null")];
        }
        catch (JsonException e)
        {
            throw new IOException(
                $"{path} does not say which service has which user: {e.Message}; expected what Signalbox wrote there. Restore it, or, where no service owns files of its own: rm {path}", e);
        }
    }

    private IOException Full() => new($"{path} has given every user from {first} to {last}; expected a free one. Take out the services that are gone and own no files");

    /// <summary>Against other hosts of this machine; it ends with the process.</summary>
    private FileStream Lock()
    {
        for (var started = Stopwatch.StartNew(); ; Thread.Sleep(LockRound))
        {
            try
            {
                var options = new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    UnixCreateMode = OwnerOnly,
                };
                return new FileStream(path + ".lock", options);
            }
            catch (IOException) when (started.Elapsed < LockWithin)
            {
                // another host gives a user, which takes a millisecond
            }
        }
    }
}
