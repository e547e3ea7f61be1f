using System.Text.Json;
using Signalbox.Delivery;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Tests.Rollouts.Simulation;

/// <summary>What docs/spec/host-protocol.md says of two tables.</summary>
internal static class SimulatedTables
{
    public static readonly string[] Refusals =
        [PutResult.CannotListen, PutResult.ArtifactMissing, PutResult.CannotPersist, PutResult.InvalidTable, PutResult.UnknownProtocol];

    public static Fault FaultOf(string refusal) => refusal switch
    {
        PutResult.CannotListen => Fault.CannotListen,
        PutResult.ArtifactMissing => Fault.ArtifactMissing,
        PutResult.CannotPersist => Fault.CannotPersist,
        PutResult.InvalidTable => Fault.InvalidTable,
        _ => Fault.UnknownProtocol,
    };

    public static byte[] Bytes(DeclaredTable table) => JsonSerializer.SerializeToUtf8Bytes(table, ProtocolJson.Default.DeclaredTable);

    public static bool SameContent(DeclaredTable a, DeclaredTable b) => Content(a).AsSpan().SequenceEqual(Content(b));

    private static byte[] Content(DeclaredTable table) => Bytes(table with { Epoch = 0, AcknowledgedLatch = 0 });

    /// <summary>Such a table needs no disk to take effect.</summary>
    public static bool OnlyLowers(DeclaredTable table, DeclaredTable? inForce, bool fallen) =>
        inForce is not null && table.Services.All(service =>
            inForce.Services.FirstOrDefault(known => known.Service == service.Service) is { } before
            && before.Stable == service.Stable && Equals(before.Listen, service.Listen)
            && (service.NextListen is null || Equals(before.NextListen, service.NextListen))
            && service.Arms.All(arm => OnlyLowers(arm, before, service.Stable) && !((fallen || inForce.Falling) && !table.Falling && arm.Revision != service.Stable && arm.Weight > Weight.Zero)));

    private static bool OnlyLowers(ArmTable arm, ServiceTable service, string? stable) =>
        service.Arms.FirstOrDefault(known => known.Revision == arm.Revision) is { } before
        && arm.Instances <= before.Instances && (arm.Revision == stable || arm.Weight <= before.Weight);
}
