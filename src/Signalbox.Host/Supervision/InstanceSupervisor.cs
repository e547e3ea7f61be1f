using System.Collections;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Signalbox.Host.Posix;

namespace Signalbox.Host.Supervision;

/// <summary>
/// Keeps instances running, each under a shim that outlives this process. Disposing it leaves the workloads
/// alive, so that the next host adopts them; <see cref="StopAsync"/> is what ends one.
/// </summary>
internal sealed class InstanceSupervisor : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, InstanceRunner> _runners = new();
    private readonly ExitWatcher _watcher = new();
    private readonly HttpMessageInvoker _http = new(MakeHandler());
    private readonly SupervisionContext _context;

    /// <param name="changed">Called after every change of a phase, from any thread; it must be quick.</param>
    public InstanceSupervisor(
        SupervisionPaths paths, SelfCommand self, TimeProvider time, Action<SupervisedInstance> changed, ILogger logger,
        SupervisionTimings? timings = null)
    {
        _context = new(
            paths, timings ?? new(), time, instance => Tell(changed, instance, logger), logger,
            new(self, _watcher, time), new(Random.Shared), _http, HostEnvironment(), Random.Shared.NextDouble);
    }

    public IReadOnlyList<SupervisedInstance> Instances => [.. _runners.Values.Select(r => r.Instance)];

    /// <summary>
    /// After a start of the host: finds what still runs, probes each once (what does not answer
    /// within <see cref="SupervisionTimings.AdoptionProbe"/> follows later), and reports the dead as Exited.
    /// Call it once, before <see cref="Start"/>.
    /// </summary>
    public async Task<IReadOnlyList<SupervisedInstance>> AdoptAsync()
    {
        var processes = new Lazy<ProcessPicture>(ProcessPicture.Take);
        var adopted = await Task.WhenAll(Directory.GetDirectories(_context.Paths.Instances).Select(directory => AdoptOneAsync(directory, processes)));
        _context.Paths.PruneLogs(_context.Timings, [.. _runners.Keys]);
        new AbandonedWork(_context.Paths, _context.Logger).Delete();
        return [.. adopted.OfType<SupervisedInstance>()];
    }

    /// <summary>Returns at once; failures show in the instance, never as an exception.</summary>
    public SupervisedInstance Start(InstanceSpec spec)
    {
        var runner = new InstanceRunner(_context, NewId(spec), spec);
        _runners[runner.Instance.Id] = runner;
        runner.Start();
        return runner.Instance;
    }

    /// <summary>SIGTERM, the grace, SIGKILL; then forgets the instance and its files except logs. Idempotent; unknown ids are ignored.</summary>
    /// <param name="cancel">Ends the waiting; the stop goes on.</param>
    public async Task StopAsync(string instanceId, CancellationToken cancel)
    {
        if (_runners.TryGetValue(instanceId, out var runner)) await StopAndForgetAsync(runner).WaitAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_runners.Values.Select(r => r.DisposeAsync().AsTask()));
        _watcher.Dispose();
        _http.Dispose();
    }

    private async Task<SupervisedInstance?> AdoptOneAsync(string directory, Lazy<ProcessPicture> processes)
    {
        try
        {
            return await TakeOverAsync(directory, processes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // one directory that cannot be read or removed must not keep the others from serving
            _context.Logger.LogError(e, "{Directory} cannot be adopted", directory);
            return null;
        }
    }

    private async Task<SupervisedInstance?> TakeOverAsync(string directory, Lazy<ProcessPicture> processes)
    {
        var id = Path.GetFileName(directory);
        var files = new InstanceFiles(_context.Paths, id);
        var shimSpec = files.ReadShimSpec();
        var run = shimSpec is null ? null : await _context.Shims.AdoptAsync(directory, shimSpec);
        var spec = files.ReadSpec();
        if (spec is null || (run is null && files.StopAsked))
        {
            if (shimSpec is not null && ShimRun.ExitOf(directory, shimSpec) is null) Leftovers.Of(directory, shimSpec)?.End(processes.Value);
            files.Delete(shimSpec?.UserId, _context.Logger);
            return null;
        }
        var runner = _runners[id] = new InstanceRunner(_context, id, spec);
        if (run is null) runner.FoundDead(shimSpec, processes);
        else runner.Adopt(run);
        if (files.StopAsked) _ = FinishStopAsync(runner);
        else if (run is not null) await Task.WhenAny(runner.FirstProbe, Task.Delay(_context.Timings.AdoptionProbe, _context.Time));
        return runner.Instance;
    }

    private async Task FinishStopAsync(InstanceRunner runner)
    {
        try
        {
            await StopAndForgetAsync(runner);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            _context.Logger.LogWarning(e, "the stop of {Instance} that an earlier host began is not finished", runner.Instance.Id);
        }
    }

    private async Task StopAndForgetAsync(InstanceRunner runner)
    {
        await runner.StopAsync();
        if (_runners.TryRemove(runner.Instance.Id, out _)) await runner.DisposeAsync();
        _context.Paths.PruneLogs(_context.Timings, [.. _runners.Keys]);
    }

    private static void Tell(Action<SupervisedInstance> changed, SupervisedInstance instance, ILogger logger)
    {
        try
        {
            changed(instance);
        }
        catch (Exception e)
        {
            logger.LogError(e, "whoever follows {Instance} failed", instance.Id);
        }
    }

    private static string NewId(InstanceSpec spec)
    {
        var name = $"{SupervisionPaths.Segment(spec.Service)}.{SupervisionPaths.Segment(spec.Revision)}";
        // a file name has at most 255 bytes, and the log's endings come on top
        return $"{name[..Math.Min(name.Length, 180)]}.{spec.Ordinal}.{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
    }

    private static Dictionary<string, string> HostEnvironment() => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "");

    private static SocketsHttpHandler MakeHandler() => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        MaxResponseHeadersLength = 32,
    };
}
