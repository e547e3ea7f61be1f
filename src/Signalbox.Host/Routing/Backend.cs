using System.Globalization;

namespace Signalbox.Host.Routing;

/// <summary>One run of one instance: where it listens, its own connection pool, and how many requests are at it.</summary>
internal sealed class Backend : IDisposable
{
    private readonly CancellationTokenSource _closeUpgraded = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inFlight;
    private volatile bool _draining;

    public Backend(int port)
    {
        Port = port;
        Prefix = "http://127.0.0.1:" + port.ToString(CultureInfo.InvariantCulture);
        Invoker = UpstreamConnections.Create();
    }

    public int Port { get; }

    /// <summary>What a request's path is appended to.</summary>
    public string Prefix { get; }

    public HttpMessageInvoker Invoker { get; }

    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Cancelled when connections that were upgraded (WebSockets) must end.</summary>
    public CancellationToken UpgradedMustClose => _closeUpgraded.Token;

    public void Enter() => Interlocked.Increment(ref _inFlight);

    public void Leave()
    {
        if (Interlocked.Decrement(ref _inFlight) == 0 && _draining) _idle.TrySetResult();
    }

    /// <summary>
    /// Completes when no request is at this backend. Call it after the swap that took the backend out of its
    /// slot: from then on a request that still chose it leaves again before it is sent.
    /// </summary>
    public Task Drained()
    {
        _draining = true;
        Interlocked.MemoryBarrier();
        if (InFlight == 0) _idle.TrySetResult();
        return _idle.Task;
    }

    public void CloseUpgraded() => _closeUpgraded.Cancel();

    public void Dispose()
    {
        _closeUpgraded.Cancel();
        Invoker.Dispose();
    }
}
