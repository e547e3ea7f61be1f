using Signalbox.Host.Routing;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Tables;

/// <summary>Measures for how long a service has nobody to route to, from swap to swap, by the monotonic clock.</summary>
internal sealed class GapClock(TimeProvider time)
{
    private bool _serves;
    private (long Since, long Generation)? _open;

    /// <summary>The last gap that has ended; null before the first.</summary>
    public ServiceGap? Last { get; private set; }

    /// <summary>Call it right after a swap.</summary>
    /// <param name="generation">Of the table in force.</param>
    /// <returns>Whether a gap has ended.</returns>
    public bool Swapped(Route route, long generation)
    {
        var serves = route.Arms.Count > 0;
        if (serves == _serves) return false;
        _serves = serves;
        if (!serves)
        {
            _open = (time.GetTimestamp(), generation);
            return false;
        }
        if (_open is not { } open) return false;
        (Last, _open) = (new(time.GetElapsedTime(open.Since), open.Generation), null);
        return true;
    }
}
