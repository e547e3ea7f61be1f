using Microsoft.Extensions.Logging;

namespace Signalbox.Host.Tables;

/// <summary>The way out: swapped away already, drained (a cron's run: at its end), then stopped.</summary>
internal sealed partial class RoutedService
{
    private readonly List<Task> _stops = [];

    /// <summary>Completes when every instance on its way out has stopped.</summary>
    public Task Stopped => Task.WhenAll(_stops);

    /// <summary>Takes all traffic away, closes the listener, then drains and stops everything.</summary>
    public void Leave()
    {
        var arms = _arms.ToList();
        _arms.Clear();
        _judging.Leave();
        // or the address, once closed, would be tried again each second
        Table = Table with { Listen = null, Preview = null };
        AskFor(Table);
        Reroute();
        CloseAddresses();
        foreach (var arm in arms) Retire(arm, arm.Instances.ToList(), arm.DrainTimeout);
    }

    private void Retire(RoutedArm arm, List<RoutedInstance> leaving, TimeSpan drain)
    {
        if (leaving.Count == 0) return;
        foreach (var instance in leaving) arm.Instances.Remove(instance);
        if (_arms.Contains(arm)) Reroute();
        var way = arm.Leaving(leaving);
        _retiring.Add(way);
        _stops.RemoveAll(stop => stop.IsCompleted);
        _stops.Add(Task.Run(() => StopAllAsync(way, leaving, drain)));
    }

    private async Task StopAllAsync(RoutedArm way, List<RoutedInstance> leaving, TimeSpan drain)
    {
        try
        {
            await Task.WhenAll(leaving.Select(i => DrainAndStopAsync(i, way.IsCron, drain)));
        }
        catch (OperationCanceledException) when (_parts.Stopping.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            // nothing more will come of it: whoever waits for this arm to be gone must not wait for ever
            _parts.Logger.LogError(e, "what is left of {Service} {Revision} could not be removed", Table.Service, way.Revision);
        }
        lock (_gate) _retiring.Remove(way);
        _parts.Hub.Changed(_track);
    }

    private async Task DrainAndStopAsync(RoutedInstance instance, bool isRun, TimeSpan drain)
    {
        if (isRun) await WaitAsync(instance.Ended, drain);
        else if (instance.Backend is { } backend)
        {
            await WaitAsync(backend.Drained(), drain);
            backend.CloseUpgraded();
        }
        await _parts.Instances.StopAsync(instance.Instance.Id, _parts.Stopping);
        instance.Backend?.Dispose();
    }

    private async Task WaitAsync(Task done, TimeSpan most)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_parts.Stopping);
        await Task.WhenAny(done, Task.Delay(most, _parts.Time, limit.Token));
        await limit.CancelAsync();
        _parts.Stopping.ThrowIfCancellationRequested();
    }
}
