namespace Signalbox.Host.Tables;

/// <summary>
/// The tick log and the saved state of one judge. The judge writes to memory; the disk follows behind it, and a
/// disk that is full or slow never delays a tick. The log is written before the state, so that the log on the
/// disk is never shorter than what the saved state speaks of.
/// </summary>
internal sealed class TickFiles(string path) : IDisposable
{
    /// <summary>Ticks that could not be written are kept up to here (about ten hours), then they are lost.</summary>
    private const int MostPending = 16 * 1024 * 1024;

    private readonly MemoryStream _pending = new();
    private readonly Lock _gate = new();
    private Task _writing = Task.CompletedTask;
    private byte[]? _last;

    // touched by one write at a time
    private byte[] _unwritten = [];

    public string Path => path;

    public string LogPath { get; } = path + ".ticks";

    public string SnapshotPath { get; } = path + ".state";

    /// <summary>Where the judge appends its ticks.</summary>
    public Stream Log => _pending;

    /// <summary>Whether a judge has begun here before.</summary>
    public bool HasBegun => Volatile.Read(ref _last) is not null || File.Exists(LogPath);

    /// <returns>The newest state, also where it is still on its way to the disk. Null where there is none; empty, which is no state, where it cannot be read.</returns>
    public byte[]? ReadSnapshot()
    {
        if (Volatile.Read(ref _last) is { } last) return last;
        try
        {
            return File.Exists(SnapshotPath) ? File.ReadAllBytes(SnapshotPath) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Writes what was logged, then the state; in the background. While the disk is behind, the next save takes both along.</summary>
    public void Save(byte[] state)
    {
        lock (_gate)
        {
            if (_writing.IsCompleted && _pending.Length > 0) Begin(state);
        }
    }

    /// <summary>As <see cref="Save"/>, after what is being written.</summary>
    public Task SaveLastAsync(byte[] state)
    {
        lock (_gate)
        {
            Begin(state);
            return _writing;
        }
    }

    private void Begin(byte[] state)
    {
        Volatile.Write(ref _last, state);
        var log = _pending.ToArray();
        _pending.SetLength(0);
        _writing = _writing.ContinueWith(_ => Write(log, state), TaskScheduler.Default);
    }

    public void Dispose() => _pending.Dispose();

    private void Write(byte[] log, byte[] state)
    {
        try
        {
            byte[] all = [.. _unwritten, .. log];
            _unwritten = all.Length > MostPending ? [] : all;
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(LogPath)!, JudgeFiles.Private);
            AppendWhole(all);
            _unwritten = [];
            ReplaceQuickly(SnapshotPath, state);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // kept in memory, and tried again with the next save
        }
    }

    private void AppendWhole(byte[] bytes)
    {
        using var file = new FileStream(LogPath, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        var end = file.Seek(0, SeekOrigin.End);
        try
        {
            file.Write(bytes);
        }
        catch (IOException)
        {
            file.SetLength(end);
            throw;
        }
    }

    /// <summary>Whole or not at all, but not flushed: a power cut may cost the last seconds.</summary>
    private static void ReplaceQuickly(string path, byte[] content)
    {
        File.WriteAllBytes(path + ".new", content);
        File.Move(path + ".new", path, overwrite: true);
    }
}
