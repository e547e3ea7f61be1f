using System.Collections.Concurrent;
using Signalbox.Host.Supervision;

namespace Signalbox.Host.Tables;

/// <summary>Where judges keep their tick logs, their saved states and the histories, and how long.</summary>
internal sealed class JudgeFiles
{
    /// <summary>Rollouts whose tick logs are kept, and for how long: a decision can be replayed for so long.</summary>
    private const int KeepRollouts = 200;
    private static readonly TimeSpan KeepFor = TimeSpan.FromDays(30);

    private readonly string _root;
    private readonly string _history;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (TickFiles Files, int Users)> _open = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte[]> _leaving = new(StringComparer.Ordinal);

    public JudgeFiles(string stateDirectory, TimeProvider time)
    {
        (_root, _time) = (Path.Combine(stateDirectory, "judge"), time);
        _history = Path.Combine(stateDirectory, "history");
        Directory.CreateDirectory(_root, Private);
        Directory.CreateDirectory(_history, Private);
    }

    internal const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>A judge that begins again while the last words of the one before are still being written goes on with those.</summary>
    public TickFiles Open(string rollout, string service)
    {
        var path = Path.Combine(_root, SupervisionPaths.Segment(rollout), SupervisionPaths.Segment(service));
        lock (_gate)
        {
            var (files, users) = _open.GetValueOrDefault(path, (new TickFiles(path), 0));
            _open[path] = (files, users + 1);
            return files;
        }
    }

    /// <summary>Lets go of files once what was handed to them is on the disk.</summary>
    public async Task CloseAsync(TickFiles files, byte[] lastState)
    {
        await files.SaveLastAsync(lastState);
        lock (_gate)
        {
            var (_, users) = _open[files.Path];
            if (users > 1)
            {
                _open[files.Path] = (files, users - 1);
                return;
            }
            _open.Remove(files.Path);
            files.Dispose();
        }
    }

    /// <summary>Best effort, as the saving: a lost history costs the judge its measured dispersion, which it then assumes.</summary>
    public byte[] ReadHistory(string track, string service)
    {
        var path = HistoryPath(track, service);
        if (_leaving.TryGetValue(path, out var leaving)) return leaving;
        try
        {
            return File.Exists(path) ? File.ReadAllBytes(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The last word of a service that leaves, behind whoever holds a lock; one that comes back meanwhile reads it.</summary>
    public Task LeaveHistoryAsync(string track, string service, byte[] history)
    {
        var path = HistoryPath(track, service);
        _leaving[path] = history;
        return Task.Run(() =>
        {
            // one that came and left again meanwhile has more to say
            if (_leaving.TryGetValue(path, out var newest) && ReferenceEquals(newest, history)) SaveHistory(track, service, history);
            _leaving.TryRemove(new(path, history));
        });
    }

    public void SaveHistory(string track, string service, byte[] history)
    {
        var path = HistoryPath(track, service);
        try
        {
            File.WriteAllBytes(path + ".new", history);
            File.Move(path + ".new", path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // the next save tries again
        }
    }

    private string HistoryPath(string track, string service) =>
        Path.Combine(_history, SupervisionPaths.Segment($"{track}/{service}") + ".history");

    /// <summary>Deletes what is older than it is kept, and all but the newest.</summary>
    public void Expire()
    {
        var now = _time.GetUtcNow();
        var rollouts = new DirectoryInfo(_root).GetDirectories().OrderByDescending(Newest).ToList();
        for (var i = 0; i < rollouts.Count; i++)
            if (i >= KeepRollouts || now - Newest(rollouts[i]) > KeepFor) rollouts[i].Delete(recursive: true);
    }

    private static DateTime Newest(DirectoryInfo directory) =>
        directory.GetFiles().Select(f => f.LastWriteTimeUtc).Append(directory.LastWriteTimeUtc).Max();
}
