using Signalbox.Host.Routing;

namespace Signalbox.Host.Tables;

/// <summary>What a table comes to for one service, made before the swap so that the swap is one write.</summary>
/// <param name="Left">Arms that are no longer in the table.</param>
internal sealed record PreparedRoute(RoutedService Service, Route Route, IReadOnlyList<RoutedArm> Left)
{
    public void Swap() => Service.Slot.Swap(Route);

    public void TakeAddress() => Service.TakeAddress();

    public void Settle() => Service.Settle(this);

    public void Scale() => Service.Scale();
}

/// <summary>What a latch asks of a service.</summary>
/// <param name="Falls">To fail-safe, where and as soon as stable has a ready instance.</param>
/// <param name="AtOnce">It has fallen before: down even if stable has none.</param>
/// <param name="Condemned">The judge failed the canary: it carries no share but its own.</param>
internal readonly record struct FallOrder(bool Falls, bool AtOnce, bool Condemned);
