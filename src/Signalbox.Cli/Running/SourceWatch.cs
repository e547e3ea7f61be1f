using Signalbox.Delivery;
using Signalbox.Pipelines.Local.Caching;

namespace Signalbox.Cli.Running;

/// <summary>Tells when a file that is part of the source has changed: the system says that something did, the digest of all says whether it counts.</summary>
internal sealed class SourceWatch : IDisposable
{
    /// <summary>An editor or a checkout writes several files in a row.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs without a wait between them, before they are taken for the cause of one another.</summary>
    private const int MostAtOnce = 3;

    private readonly RunSource _source;
    private readonly FileDigests _digests;
    private readonly FileSystemWatcher _watcher;
    private readonly SemaphoreSlim _something = new(0);
    private Digest? _seen;
    private int _atOnce;

    private SourceWatch(RunSource source)
    {
        _source = source;
        _digests = new(source.Directory, "", new FileStats(), TimeProvider.System);
        _watcher = new(source.Directory) { IncludeSubdirectories = true, NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size };
        _watcher.Changed += (_, change) => Tell(change.FullPath);
        _watcher.Created += (_, change) => Tell(change.FullPath);
        _watcher.Deleted += (_, change) => Tell(change.FullPath);
        _watcher.Renamed += (_, change) => Tell(change.FullPath);
        // too much happened to be told one by one
        _watcher.Error += (_, _) => _something.Release();
        _watcher.EnableRaisingEvents = true;
    }

    /// <summary>From now on: what changes while the first run goes on counts.</summary>
    public static async Task<SourceWatch> BeginAsync(RunSource source, CancellationToken cancel)
    {
        var watch = new SourceWatch(source);
        watch._seen = await watch.DigestAsync(cancel).ConfigureAwait(false);
        return watch;
    }

    /// <summary>Called after each run.</summary>
    /// <param name="ran">Whether jobs ran: else what has changed since is nobody's but a person's.</param>
    /// <param name="say">Takes what a person should know.</param>
    /// <returns>False where the caller gave up.</returns>
    public async Task<bool> ChangedAsync(bool ran, Action<string> say, CancellationToken cancel)
    {
        try
        {
            if (await IsNewAsync(cancel).ConfigureAwait(false))
            {
                // a person wrote while the run went on, or the run did, which does it each time
                if (!ran || ++_atOnce < MostAtOnce) return true;
                say("the jobs change files that are part of the source, which is taken for theirs now: name them in outputs, or let Git ignore them");
            }
            _atOnce = 0;
            do
            {
                await _something.WaitAsync(cancel).ConfigureAwait(false);
                while (await _something.WaitAsync(Quiet, cancel).ConfigureAwait(false)) { }
            }
            while (!await IsNewAsync(cancel).ConfigureAwait(false));
            return true;
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

    private async Task<bool> IsNewAsync(CancellationToken cancel)
    {
        var now = await DigestAsync(cancel).ConfigureAwait(false);
        if (now == _seen) return false;
        _seen = now;
        return true;
    }

    private async Task<Digest> DigestAsync(CancellationToken cancel)
    {
        var files = await RunSetup.FilesAsync(_source.Directory, cancel).ConfigureAwait(false);
        var made = _source.Jobs.SelectMany(job => job.Outputs ?? []).Distinct().Select(PathGlob.Parse).ToList();
        return new SourceFiles(_digests, files, made).Of(null).Digest;
    }
}
