using System.Diagnostics.CodeAnalysis;

namespace Signalbox.Host.Routing;

/// <summary>The one place that says where a service's requests go. Swapping it is the switch.</summary>
internal sealed class Slot(string track, string service)
{
    private Route _route = Route.Empty;

    public string Track { get; } = track;

    public string Service { get; } = service;

    public Route Current => Volatile.Read(ref _route);

    /// <summary>The open client connections of this service.</summary>
    public ConnectionRegister Connections { get; } = new();

    /// <returns>The route before.</returns>
    public Route Swap(Route next) => Interlocked.Exchange(ref _route, next);

    /// <summary>
    /// Chooses a backend and counts the request in. The slot is read again after counting: if it was swapped
    /// meanwhile the request leaves and chooses anew, so that after a swap no new request reaches an old
    /// instance and a count of zero means drained.
    /// </summary>
    public bool TryEnter(int point, Backend? failed, [NotNullWhen(true)] out RouteArm? arm, [NotNullWhen(true)] out Backend? backend)
    {
        while (true)
        {
            var route = Current;
            if (!route.TryChoose(point, failed, out arm, out backend)) return false;
            backend.Enter();
            if (ReferenceEquals(route, Current)) return true;
            backend.Leave();
        }
    }
}
