namespace Signalbox.Tests.Fuzz;

/// <summary>Every reader of evidence, of signatures, and of what gates decide by.</summary>
internal static class FuzzTargets
{
    /// <summary>More than one reading of a small input takes, whatever it says.</summary>
    public static TimeSpan MostTime { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes allocated for one input: a buffer of each reader, and a share of the input.</summary>
    public static long MostMemory(int length) => (32L << 20) + (2000L * length);

    public static IReadOnlyList<FuzzTarget> All { get; } = [.. ReportTargets.All, .. VerificationTargets.All, .. NotationTargets.All, .. IdentityTargets.All, .. DeliveryTargets.All, .. SbomTargets.All, .. NetworkTargets.All];
}
