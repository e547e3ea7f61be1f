using Signalbox.Delivery.Reading;

namespace Signalbox.Delivery.Detection;

/// <summary>
/// Where builds put what is packed: <c>.signalbox/out</c>, or a folder for each of several services. It is never packed together with
/// the source, Git does not see it, and the builders' own globs leave folders with a dot alone.
/// </summary>
internal static class Workshop
{
    public static string Of(string service) => service == DeliveryDefaults.SingleService ? ".signalbox/out" : $".signalbox/{service}";

    public static string Empty(string service) => $"rm -rf {Of(service)} && mkdir -p {Of(service)}";
}
