namespace Signalbox.Delivery.Policies;

/// <summary>Limits of a policy file: it lies in the ledger and is read for each decision.</summary>
internal static class PolicyLimits
{
    public const int MostBytes = 256 << 10, MostWindows = 100, MostCustom = 20, MostValues = 200, MostValueLength = 1000;

    public static readonly TimeSpan LongestCommand = TimeSpan.FromMinutes(5);

    public static readonly TimeSpan DefaultCommand = TimeSpan.FromSeconds(30);
}
