using Signalbox.Delivery;
using Signalbox.Pipelines.Local.Caching;

namespace Signalbox.Cli.Running;

/// <summary>Tells when a file that is part of the source has changed: the system says that something did, the digest of all says whether it counts.</summary>
internal sealed class SourceWatch : IDisposable
{
    /// <summary>An editor or a checkout writes several files in a row.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    private readonly RunSource _source;
    private readonly FileSystemWatcher _watcher;
    private readonly SemaphoreSlim _something = new(0);
    private Digest? _seen;

    public SourceWatch(RunSource source)
    {
        _source = source;
        _watcher = new(source.Directory) { IncludeSubdirectories = true, NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size };
        _watcher.Changed += (_, change) => Tell(change.FullPath);
        _watcher.Created += (_, change) => Tell(change.FullPath);
        _watcher.Deleted += (_, change) => Tell(change.FullPath);
        _watcher.Renamed += (_, change) => Tell(change.FullPath);
        // too much happened to be told one by one
        _watcher.Error += (_, _) => _something.Release();
        _seen = DigestAsync(CancellationToken.None).GetAwaiter().GetResult();
        _watcher.EnableRaisingEvents = true;
    }

    /// <returns>False where the caller gave up.</returns>
    public async Task<bool> ChangedAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                // what changed while the run went on is seen first
                var now = await DigestAsync(cancel).ConfigureAwait(false);
                if (now != _seen)
                {
                    _seen = now;
                    return true;
                }
                await _something.WaitAsync(cancel).ConfigureAwait(false);
                while (await _something.WaitAsync(Quiet, cancel).ConfigureAwait(false)) { }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _watcher.Dispose();
        _something.Dispose();
    }

    private void Tell(string path)
    {
        var relative = Path.GetRelativePath(_source.Directory, path);
        if (!relative.StartsWith(".git/", StringComparison.Ordinal) && !relative.StartsWith(".signalbox", StringComparison.Ordinal)) _something.Release();
    }

    private async Task<Digest> DigestAsync(CancellationToken cancel)
    {
        var files = await RunSetup.FilesAsync(_source.Directory, cancel).ConfigureAwait(false);
        var made = _source.Jobs.SelectMany(job => job.Outputs ?? []).Distinct().Select(PathGlob.Parse).ToList();
        return new SourceFiles(new(_source.Directory, "", new FileStats(), TimeProvider.System), files, made).Of(null).Digest;
    }
}
