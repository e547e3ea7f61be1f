using System.Text;
using Signalbox.Ledger;
using Signalbox.Rollouts;

namespace Signalbox.Tests.Rollouts;

/// <summary>Ledgers outlive versions: what an older one wrote is read.</summary>
public sealed class WaitingForConverterTests
{
    [Theory]
    [InlineData("evidence, `signalbox advance` or `signalbox abort`", WaitingFor.Evidence)]
    [InlineData("`signalbox advance` or `signalbox abort`", WaitingFor.Advance)]
    [InlineData("`signalbox resume` or `signalbox abort`", WaitingFor.Resume)]
    [InlineData("a ready instance of stable, `signalbox abort` or `signalbox advance`", WaitingFor.StableReady)]
    [InlineData("SomethingNewer", WaitingFor.Resume)]
    [InlineData("Advance", WaitingFor.Advance)]
    public void PausedAndHalted_OfAnyVersion_AreRead(string written, WaitingFor read)
    {
        var paused = Assert.IsType<RolloutEvent.Paused>(Read("rollout.paused/1", written));
        var halted = Assert.IsType<RolloutEvent.Halted>(Read("rollout.halted/1", written));
        Assert.Equal((read, read), (paused.WaitingFor, halted.WaitingFor));
    }

    [Fact]
    public void EveryName_IsWrittenAndReadBack()
    {
        foreach (var waiting in Enum.GetValues<WaitingFor>())
        {
            var entry = RolloutEvents.ToEntry(World.Track, new RolloutEvent.Paused(World.Alice, DateTimeOffset.UnixEpoch, "why", waiting));
            Assert.Contains($"\"waitingFor\":\"{waiting}\"", Encoding.UTF8.GetString(entry.Data.Span), StringComparison.Ordinal);
            Assert.Equal(waiting, Assert.IsType<RolloutEvent.Paused>(Read("rollout.paused/1", waiting.ToString())).WaitingFor);
        }
    }

    [Fact]
    public void WhatIsNoText_IsRefusedWithItsPlace() =>
        Assert.Contains("entry 7", Assert.Throws<InvalidDataException>(() => RolloutEvents.FromEntry(Entry("rollout.paused/1", "3"))).Message, StringComparison.Ordinal);

    private static RolloutEvent? Read(string type, string waitingFor) => RolloutEvents.FromEntry(Entry(type, $"\"{waitingFor}\""));

    private static LedgerEntry Entry(string type, string waitingFor) => new(
        7, "shop/production", type, DateTimeOffset.UnixEpoch, World.Alice,
        Encoding.UTF8.GetBytes($$"""{"principal":{"name":"alice"},"at":"2026-01-01T00:00:00+00:00","reason":"why","waitingFor":{{waitingFor}}}"""), "", "");
}
