using Signalbox.Delivery;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Bench.Machine;

/// <summary>Writes the tables of one track with one service, each of a greater generation than the one before.</summary>
internal sealed class Tables(string track, int? port, Digest artifact, IReadOnlyList<string> command)
{
    private static readonly HealthCheck Health = new(
        "/healthz", false, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60), 3, TimeSpan.FromSeconds(60));

    private long _generation;

    public string Track { get; } = track;

    /// <param name="arms">Revision numbers with their weights in percent; the first is the one that fail-safe goes to.</param>
    public DeclaredTable Next(params (int Revision, double Percent)[] arms) => new(
        DeclaredTable.CurrentProtocol, Epoch: 1, ++_generation, Track, Rollout: null,
        [Service(arms)], FailSafeMode.Stable, AcknowledgedLatch: 0, Lease: TimeSpan.FromMinutes(1));

    private ServiceTable Service((int Revision, double Percent)[] arms) => new(
        "web", ServiceKind.Web, port is { } listen ? new("127.0.0.1", listen) : null, Sticky: null, SplitSecret: null,
        NameOf(arms[0].Revision), [.. arms.Select(Arm)], DrainTimeout: TimeSpan.FromSeconds(30), Judge: null);

    private ArmTable Arm((int Revision, double Percent) arm) => new(
        NameOf(arm.Revision), artifact, Instances: 1, Weight.Percent(arm.Percent), command,
        new Dictionary<string, string> { ["VERSION"] = NameOf(arm.Revision) }, Health, StopGrace: TimeSpan.FromSeconds(10));

    public static string NameOf(int revision) => $"v{revision}";
}
