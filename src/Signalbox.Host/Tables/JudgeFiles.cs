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

    public JudgeFiles(string stateDirectory, TimeProvider time)
    {
        (_root, _time) = (Path.Combine(stateDirectory, "judge"), time);
        _history = Path.Combine(stateDirectory, "history");
        Directory.CreateDirectory(_root, Private);
        Directory.CreateDirectory(_history, Private);
    }

    internal const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public TickFiles Open(string rollout, string service) =>
        new(Path.Combine(_root, SupervisionPaths.Segment(rollout), SupervisionPaths.Segment(service)));

    /// <summary>Best effort, as the saving: a lost history costs the judge its measured dispersion, which it then assumes.</summary>
    public byte[] ReadHistory(string track, string service)
    {
        var path = HistoryPath(track, service);
        try
        {
            return File.Exists(path) ? File.ReadAllBytes(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
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
