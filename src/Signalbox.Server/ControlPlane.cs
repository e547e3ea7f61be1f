using Signalbox.Ledger;
using Signalbox.Rollouts;
using Signalbox.Runtimes;

namespace Signalbox.Server;

/// <summary>The engine and the host behind the API.</summary>
public sealed partial class ControlPlane : IControlPlane, IAsyncDisposable
{
    /// <summary>The longest a turn waits: timers of the machine are no finer than this.</summary>
    private static readonly TimeSpan s_turn = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan s_reconnect = TimeSpan.FromMilliseconds(200);

    private readonly RolloutEngine _engine;
    private readonly IHostConnection _host;
    private readonly IFailureLogs _failures;
    private readonly ILedgerStore _ledger;
    private readonly ControlPlaneOptions _options;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly ObservationFeed _observations = new();
    private readonly Task _turning;
    private readonly Task _observing;

    private ControlPlane(RolloutEngine engine, IHostConnection host, IFailureLogs failures, ILedgerStore ledger, ControlPlaneOptions options)
    {
        (_engine, _host, _failures, _ledger, _options) = (engine, host, failures, ledger, options);
        _turning = Task.Run(TurnAsync);
        _observing = Task.Run(ObserveAsync);
    }

    /// <summary>Replays the ledger, takes charge of the host, and begins to turn.</summary>
    public static ControlPlane Start(ControlPlaneServices services, IHostConnection host, ControlPlaneOptions options)
    {
        var failures = new FailureLogFiles(new(Path.Combine(services.State.Root, "failures"), services.Time));
        var hooks = new HostHooks(host, new(Path.Combine(services.State.Root, "hooks"), services.Time), services.Desk.Policies);
        var gates = services.Desk.Gatekeeper(new HostGates(host, new(Path.Combine(services.State.Root, "gates"), services.Time)));
        var engine = new RolloutEngine(services.Ledger, host, hooks, gates, failures, services.Time,
            new(options.Version, Environment.ProcessId, SplitSecrets.Of(services.State), options.Lease) { Boot = options.Boot });
        engine.Appended += services.Appended;
        engine.TakeCharge();
        return new(engine, host, failures, services.Ledger, options);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_turning, _observing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _engine.Dispose();
        _stopping.Dispose();
        _wake.Dispose();
    }

    private async Task TurnAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _engine.StepAsync(_stopping.Token).ConfigureAwait(false);
                if (_engine.Deposed is { } deposed)
                {
                    _options.Log($"stopping: {deposed}");
                    _options.Deposed(deposed);
                    return;
                }
                await _wake.WaitAsync(s_turn, _stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // a turn that failed is tried again: the host goes on by its fail-safe meanwhile
                _options.Log($"a turn failed: {error}");
                await Task.Delay(s_turn).ConfigureAwait(false);
            }
        }
    }

    private async Task ObserveAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await foreach (var observation in _host.ObserveAsync(0, _stopping.Token).ConfigureAwait(false))
                {
                    _engine.Observe(observation.Track);
                    _observations.Publish(observation);
                    Wake();
                }
                _engine.LoseHost("the host closed its stream");
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // also a refusal or a line that cannot be read: who stops observing never sees the host again
                if (error is not HostUnreachableException) _options.Log($"observing the host failed: {error.Message}");
                _engine.LoseHost(error.Message);
            }
            await Task.Delay(s_reconnect).ConfigureAwait(false);
        }
    }

    private void Wake()
    {
        try
        {
            if (_wake.CurrentCount == 0) _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // two woke it at once
        }
    }
}

/// <param name="Deposed">Called once when another control plane has taken over.</param>
public sealed record ControlPlaneOptions(string Version, Action<string> Log, Action<string> Deposed)
{
    /// <summary>How long the host goes on after a renewal.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>This boot of this machine; empty where that cannot be told.</summary>
    public string Boot { get; init; } = ReadBoot();

    /// <summary>proc(5): a new random id with every boot.</summary>
    private static string ReadBoot()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
