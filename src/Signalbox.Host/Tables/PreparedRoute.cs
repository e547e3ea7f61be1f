using Signalbox.Host.Routing;

namespace Signalbox.Host.Tables;

/// <summary>What a table comes to for one service, made before the swap so that the swap is one write.</summary>
/// <param name="Left">Arms that are no longer in the table.</param>
/// <param name="Preview">Where one revision alone is seen.</param>
internal sealed record PreparedRoute(RoutedService Service, Route Route, Route Preview, IReadOnlyList<RoutedArm> Left)
{
    public void Swap() => Service.Swap(Route, Preview);

    public void TakeAddresses() => Service.TakeAddresses();

    public void Settle() => Service.Settle(this);

    public void Scale() => Service.Scale();
}
