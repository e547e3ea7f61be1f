using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Signalbox.Host.Api;
using Signalbox.Host.Artifacts;
using Signalbox.Host.Posix;
using Signalbox.Host.Routing;
using Signalbox.Host.Supervision;
using Signalbox.Host.Tables;

namespace Signalbox.Host;

/// <summary>What <c>signalbox host</c> runs: workloads, the proxy before them, the judge beside it, the API over them.</summary>
public sealed class HostDaemon : IDisposable
{
    private static readonly TimeSpan FinishRequests = TimeSpan.FromSeconds(5);

    private readonly HostOptions _options;
    private readonly ILogger _logger;
    private readonly ILoggerFactory _loggers;
    private readonly CancellationTokenSource _ending = new();

    private HostDaemon(HostOptions options)
    {
        _options = options;
        _loggers = options.Loggers ?? NullLoggerFactory.Instance;
        _logger = _loggers.CreateLogger("Signalbox.Host");
    }

    /// <summary>Runs until cancelled, which leaves the workloads alive for the next host.</summary>
    /// <returns>0.</returns>
    /// <exception cref="Diagnostics.SignalboxException">Another host has the state directory, or its path is too long.</exception>
    public static async Task<int> RunAsync(HostOptions options, CancellationToken cancel)
    {
        HostApiServer.PathIn(options.StateDirectory);
        using var held = StateLock.Take(options.StateDirectory);
        using var daemon = new HostDaemon(options);
        await using var ends = cancel.UnsafeRegister(static d => ((HostDaemon)d!)._ending.Cancel(), daemon);
        await daemon.ServeAsync();
        return 0;
    }

    public void Dispose() => _ending.Dispose();

    private async Task ServeAsync()
    {
        var started = _options.Time.GetUtcNow();
        DescriptorLimit.Raise();
        using var stopping = new CancellationTokenSource();
        HostTracks? tracks = null;
        var paths = new SupervisionPaths(_options.StateDirectory, separateUsers: _options.SeparateUsers);
        foreach (var warning in paths.Warnings) _logger.LogWarning("{Warning}", warning);
        await using var supervisor = new InstanceSupervisor(
            paths, _options.Self ?? SelfCommand.Current(), _options.Time, changed => tracks?.InstanceChanged(changed), _logger);
        var artifacts = new HostArtifacts(new ArtifactStore(
            paths.Artifacts, HostArtifacts.UnpackAsync, () => supervisor.Instances.Select(i => i.Spec.ArtifactDirectory)),
            _options.KeepArtifacts, () => tracks?.ArtifactsInUse() ?? new HashSet<Signalbox.Delivery.Digest>());
        var hooks = new HookCommands(paths, digest => artifacts.Has(digest) ? artifacts.DirectoryOf(digest) : null, _logger);
        var steady = new SteadyTime(_options.Time);
        await using var listeners = new Listeners(steady, _loggers, DescriptorLimit.ClientsWithin(DescriptorLimit.Soft));
        await using var proxy = new ProxyServer(listeners, steady, _loggers);
        var hub = new ObservationHub(_options.Time);
        using var store = new TrackStore(_options.StateDirectory, path => new SlotFile(path));
        using var served = tracks = new HostTracks(new(
            new SupervisedInstances(supervisor, artifacts), listeners, store,
            new JudgeFiles(_options.StateDirectory, _options.Time), hub, _options.Time, _logger, stopping.Token)
        { Steady = steady });
        using var api = new HostApiServer(
            new HostApi(new(
                HostIdentity.Of(_options.StateDirectory), started, tracks, hub, artifacts, new InstanceLogs(paths.Logs).Read,
                hooks.RunAsync, paths.Warnings, _options.Time)),
            _options.StateDirectory, Libc.EffectiveUserId(), _loggers);
        await RunAsync(tracks, proxy, api, stopping);
    }

    /// <summary>Everything is made; from here it serves until it ends.</summary>
    private async Task RunAsync(HostTracks tracks, ProxyServer proxy, HostApiServer api, CancellationTokenSource stopping)
    {
        await proxy.StartAsync(CancellationToken.None);
        var following = tracks.FollowInstancesAsync(stopping.Token);
        await tracks.RestoreAsync();
        var ticking = tracks.TickAsync(stopping.Token);
        await api.StartAsync(CancellationToken.None);
        _options.Started?.Invoke();
        await WaitAsync(_ending.Token);
        await StopAsync(api.StopAsync);
        await StopAsync(proxy.StopAsync);
        await tracks.SaveJudgesAsync();
        await stopping.CancelAsync();
        await WaitAsync(following, ticking);
    }

    private static async Task StopAsync(Func<CancellationToken, Task> stop)
    {
        using var limit = new CancellationTokenSource(FinishRequests);
        await stop(limit.Token);
    }

    private static async Task WaitAsync(CancellationToken cancelled)
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var _ = cancelled.UnsafeRegister(static s => ((TaskCompletionSource)s!).TrySetResult(), source);
        await source.Task;
    }

    private static async Task WaitAsync(params Task[] loops)
    {
        try
        {
            await Task.WhenAll(loops);
        }
        catch (OperationCanceledException)
        {
            // as asked
        }
    }
}
