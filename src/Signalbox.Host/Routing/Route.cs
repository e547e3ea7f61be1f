using System.Diagnostics.CodeAnalysis;
using Signalbox.Delivery;

namespace Signalbox.Host.Routing;

/// <param name="Below">Points below this one, and not below the arm before it, belong to this arm.</param>
/// <param name="Ready">Never empty.</param>
internal sealed record RouteArm(Arm Arm, int Below, Backend[] Ready);

/// <summary>Where a service's requests go: immutable, swapped whole. It holds ready instances only.</summary>
internal sealed class Route
{
    public static Route Empty { get; } = new([], null, []);

    private readonly RouteArm[] _arms;

    /// <param name="arms">In rising order of <see cref="RouteArm.Below"/>; the last one ends at 10,000, or below it where nobody carries the rest.</param>
    public Route(RouteArm[] arms, StickyKey? sticky, byte[] secret) => (_arms, Sticky, Secret) = (arms, sticky, secret);

    public StickyKey? Sticky { get; }

    /// <summary>Keys the hash that splits sticky traffic.</summary>
    public byte[] Secret { get; }

    public IReadOnlyList<RouteArm> Arms => _arms;

    /// <summary>The arm that owns a point, and of its instances the less busy of two chosen at random.</summary>
    /// <param name="point">0 to 9,999.</param>
    /// <param name="failed">An instance that just refused a connection: not again while there is another one.</param>
    public bool TryChoose(int point, Backend? failed, [NotNullWhen(true)] out RouteArm? arm, [NotNullWhen(true)] out Backend? backend)
    {
        arm = ArmAt(point);
        backend = arm is null ? null : Choose(arm.Ready, failed);
        if (backend is not null || failed is null) return backend is not null;
        return TryAnother(failed, out arm, out backend);
    }

    private RouteArm? ArmAt(int point)
    {
        foreach (var arm in _arms)
            if (point < arm.Below) return arm;
        return null;
    }

    private static Backend? Choose(Backend[] ready, Backend? failed)
    {
        if (ready.Length == 1) return ReferenceEquals(ready[0], failed) ? null : ready[0];
        var first = Random.Shared.Next(ready.Length);
        var second = Random.Shared.Next(ready.Length - 1);
        if (second >= first) second++;
        var (a, b) = (ready[first], ready[second]);
        if (ReferenceEquals(a, failed)) return b;
        return ReferenceEquals(b, failed) || a.InFlight <= b.InFlight ? a : b;
    }

    private bool TryAnother(Backend failed, [NotNullWhen(true)] out RouteArm? arm, [NotNullWhen(true)] out Backend? backend)
    {
        foreach (var candidate in _arms)
        {
            arm = candidate;
            backend = Choose(candidate.Ready, failed);
            if (backend is not null) return true;
        }
        (arm, backend) = (null, null);
        return false;
    }
}
