using System.Text.Json;
using Signalbox.Delivery;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Tables;

/// <param name="Id">One of the refusals of <see cref="PutResult"/>.</param>
internal sealed record Refusal(string Id, string Message);

/// <summary>Which tables a host takes, by the table itself and by the one in force. Pure.</summary>
internal static class TableRules
{
    /// <returns>Null where nothing speaks against it.</returns>
    public static Refusal? Check(DeclaredTable table, DeclaredTable? inForce, Latch? latch, long hostEpoch) =>
        CheckVersion(table, inForce, hostEpoch) ?? CheckShape(table) ?? CheckLatch(table, latch);

    private static Refusal? CheckVersion(DeclaredTable table, DeclaredTable? inForce, long hostEpoch)
    {
        if (table.Protocol is not (DeclaredTable.CurrentProtocol or DeclaredTable.CurrentProtocol - 1))
            return new(PutResult.UnknownProtocol, $"this host speaks protocol {DeclaredTable.CurrentProtocol} and the one before, not {table.Protocol}");
        if (table.Epoch < hostEpoch)
            return new(PutResult.StaleEpoch, $"epoch {table.Epoch} is older than {hostEpoch}, which this host obeys");
        if (inForce is null || table.Generation > inForce.Generation) return null;
        if (table.Generation < inForce.Generation)
            return new(PutResult.StaleGeneration, $"generation {table.Generation} of {table.Track} is older than {inForce.Generation}, which is in force");
        return SameContent(table, inForce)
            ? null
            : new(PutResult.StaleGeneration, $"generation {table.Generation} of {table.Track} is in force with another content; a changed table needs a greater generation");
    }

    private static Refusal? CheckLatch(DeclaredTable table, Latch? latch) => latch is null || table.AcknowledgedLatch == latch.Id
        ? null
        : new(PutResult.LatchNotAcknowledged, $"{table.Track} fell to fail-safe ({latch.Reason}: {latch.Detail}); the table acknowledges latch {table.AcknowledgedLatch}, not {latch.Id}");

    private static Refusal? CheckShape(DeclaredTable table)
    {
        if (table.Services.DistinctBy(s => s.Service).Count() != table.Services.Count)
            return new(PutResult.InvalidTable, $"{table.Track} names a service twice");
        foreach (var service in table.Services)
        {
            var sum = service.Arms.Sum(a => a.Weight.BasisPoints);
            if (sum is not (0 or Weight.Full))
                return new(PutResult.InvalidTable, $"the weights of {service.Service} add up to {sum} basis points, not to 0 or {Weight.Full}");
            if (service.Arms.DistinctBy(a => a.Revision).Count() != service.Arms.Count)
                return new(PutResult.InvalidTable, $"{service.Service} names a revision twice");
        }
        return CheckAddresses(table) ?? CheckSchedules(table);
    }

    private static Refusal? CheckAddresses(DeclaredTable table)
    {
        var taken = new Dictionary<ListenAddress, string>();
        foreach (var service in table.Services)
            foreach (var address in new[] { service.Listen, service.NextListen, service.Preview?.Listen }.OfType<ListenAddress>())
            {
                if (!System.Net.IPAddress.TryParse(address.Address, out _))
                    return new(PutResult.InvalidTable, $"'{address.Address}' of {service.Service} is not an IP address");
                if (!taken.TryAdd(address, service.Service))
                    return new(PutResult.InvalidTable, $"{taken[address]} and {service.Service} cannot both listen on {address}");
            }
        return null;
    }

    private static Refusal? CheckSchedules(DeclaredTable table)
    {
        foreach (var service in table.Services)
            if (service.Arms.Select(arm => arm.Schedule).Prepend(service.Schedule).Select(schedule => schedule?.Problem()).FirstOrDefault(wrong => wrong is not null) is { } problem) return new(PutResult.InvalidTable, $"the schedule of {service.Service} {problem}");
        return null;
    }

    /// <summary>Equal but for who says it and what was read: epoch and acknowledged latch.</summary>
    public static bool SameContent(DeclaredTable a, DeclaredTable b) => Content(a).AsSpan().SequenceEqual(Content(b));

    private static byte[] Content(DeclaredTable table) => JsonSerializer.SerializeToUtf8Bytes(
        table with { Protocol = 0, Epoch = 0, AcknowledgedLatch = 0 }, ProtocolJson.Default.DeclaredTable);

    /// <summary>
    /// Whether a table only takes away: no service, arm, instance or canary weight that was not there before.
    /// Such a table needs no disk to take effect.
    /// </summary>
    /// <param name="risesAgain">Whether it ends a fall: then any canary weight is more than there is.</param>
    public static bool OnlyLowers(DeclaredTable table, DeclaredTable inForce, bool risesAgain)
    {
        if ((risesAgain || inForce.Falling) && !table.Falling && table.Services.Any(s => s.Arms.Any(a => a.Revision != s.Stable && a.Weight > Weight.Zero))) return false;
        foreach (var service in table.Services)
        {
            var before = inForce.Services.FirstOrDefault(s => s.Service == service.Service);
            if (before is null || before.Stable != service.Stable || !Equals(before.Listen, service.Listen)) return false;
            if (service.NextListen is not null && !Equals(before.NextListen, service.NextListen)) return false;
            if (service.Preview is not null && !Equals(before.Preview, service.Preview)) return false;
            if (service.Arms.Any(arm => !OnlyLowers(arm, before.Arms.FirstOrDefault(a => a.Revision == arm.Revision), service.Stable))) return false;
        }
        return true;
    }

    private static bool OnlyLowers(ArmTable arm, ArmTable? before, string? stable) =>
        before is not null && arm.Instances <= before.Instances && (arm.Revision == stable || arm.Weight <= before.Weight);
}
