using Signalbox.Delivery;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Tables;

/// <summary>What a latch or a falling table asks of a service.</summary>
/// <param name="Falls">To fail-safe, where and as soon as stable has a ready instance.</param>
/// <param name="AtOnce">It has fallen before: down even if stable has none.</param>
/// <param name="Condemned">The judge failed the canary: it carries no share but its own.</param>
/// <param name="ByCapacity">Stable does not run in full: it takes what its ready instances carry, and all once all are ready.</param>
internal readonly record struct FallOrder(bool Falls, bool AtOnce, bool Condemned, bool ByCapacity)
{
    public static FallOrder Under(DeclaredTable table, Latch? latch, string service) => new(
        Falls: table.Falling || (latch is not null && Lowers(table, latch)),
        AtOnce: latch is { Held: false },
        Condemned: table.Condemned == service || (latch is { Reason: LatchReason.Judge } && latch.Service == service),
        ByCapacity: table.FailSafe == FailSafeMode.Capacity);

    /// <summary>Whether a latch takes weight away under a table. With stable reduced, lost contact alone does not.</summary>
    public static bool Lowers(DeclaredTable table, Latch latch) => table.FailSafe switch
    {
        FailSafeMode.Stable => true,
        FailSafeMode.Capacity => latch.Reason is LatchReason.Judge or LatchReason.Operator,
        _ => false,
    };
}

/// <summary>How far a service has fallen. A fall is for good: what stable has taken once it keeps, even if it is lost again.</summary>
internal sealed class ServiceFall
{
    private FallOrder _order;
    private int _ceiling = Weight.Full;

    public bool Condemned => _order.Condemned;

    /// <summary>Whether the host took all of the canary's weight away by itself.</summary>
    public bool IsDown { get; private set; }

    /// <summary>Of a table: its end of the fall, too.</summary>
    public void Take(FallOrder order)
    {
        _order = order;
        if (order.Falls) return;
        (IsDown, _ceiling) = (false, Weight.Full);
    }

    /// <summary>Looks at what stable can carry now.</summary>
    /// <param name="stable">Null where the service has no stable arm: then there is nothing to fall to.</param>
    public void Follow(ArmCapacity? stable)
    {
        if (!_order.Falls || stable is not { } arm) return;
        var left = EffectiveWeights.NotCarriedBy(arm);
        IsDown |= _order.AtOnce || (_order.ByCapacity ? left == 0 : arm.Ready > 0);
        if (_order.ByCapacity) _ceiling = Math.Min(_ceiling, left);
    }

    /// <summary>The most that a canary may have of what the table gives it.</summary>
    public int Limit(int weight) => IsDown ? 0 : Math.Min(weight, _ceiling);

    /// <summary>Whether weights are lower than the table's.</summary>
    public bool IsUnderWay => IsDown || _ceiling < Weight.Full;
}
