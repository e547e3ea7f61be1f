using Signalbox.Host.Routing;
using Signalbox.Host.Supervision;

namespace Signalbox.Host.Tables;

/// <summary>An instance and the backend of its present run.</summary>
internal sealed class RoutedInstance(SupervisedInstance instance)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Backend? _replaced;

    public SupervisedInstance Instance { get; } = instance;

    /// <summary>Null until the instance was ready for the first time.</summary>
    public Backend? Backend { get; private set; }

    public bool Ready { get; private set; }

    /// <summary>Completes when it will not run again by itself.</summary>
    public Task Ended => _ended.Task;

    public void End() => _ended.TrySetResult();

    public int InFlight => Backend?.InFlight ?? 0;

    /// <summary>Takes over what supervision says now: a restarted instance listens on another port.</summary>
    /// <returns>Whether routing has to be made anew.</returns>
    public bool Refresh()
    {
        var status = Instance.Status;
        var ready = status.Phase == InstancePhase.Ready;
        var moved = ready && Backend?.Port != status.Port;
        if (moved) (_replaced, Backend) = (Backend, new Backend(status.Port));
        var changed = moved || ready != Ready;
        Ready = ready;
        return changed;
    }

    /// <summary>Call it after the swap that followed <see cref="Refresh"/>: the run before is dead, what is still at it fails by itself.</summary>
    public void LetGo()
    {
        _replaced?.Drained().ContinueWith(static (_, backend) => ((Backend)backend!).Dispose(), _replaced, TaskScheduler.Default);
        _replaced = null;
    }
}
