using Signalbox.Ledger;

namespace Signalbox.Tests.Ledger;

public sealed class LedgerVerifierTests : IDisposable
{
    private readonly LedgerKey _key = LedgerKey.Create();
    private readonly List<LedgerEntry> _entries =
        [.. LedgerChain.Link(LedgerHead.Empty, [.. Enumerable.Range(1, 5).Select(n => LedgerStoreConformance.Fact("a/b", n))], DateTimeOffset.UnixEpoch)];

    private LedgerHead Head => new(_entries[^1].Sequence, _entries[^1].Hash);

    public void Dispose() => _key.Dispose();

    public static TheoryData<string, LedgerFault> Tamperings => new()
    {
        { "stream", LedgerFault.Altered },
        { "type", LedgerFault.Altered },
        { "at", LedgerFault.Altered },
        { "principal", LedgerFault.Altered },
        { "data", LedgerFault.Altered },
        { "hash", LedgerFault.Altered },
        { "previous", LedgerFault.BrokenLink },
        { "sequence", LedgerFault.Gap },
    };

    [Theory, MemberData(nameof(Tamperings))]
    public void Verify_WithOneFieldOfOneEntryChanged_NamesThatEntry(string field, LedgerFault fault)
    {
        _entries[2] = Change(_entries[2], field);

        var verification = LedgerVerifier.Verify(new GivenEntries(_entries));

        Assert.Equal((fault, 3L), (verification.Problem!.Fault, verification.Problem.Sequence));
        Assert.Equal(2, verification.Head.Sequence);
    }

    [Fact]
    public void Verify_WithAnEntryTakenOut_NamesTheGap()
    {
        _entries.RemoveAt(1);

        Assert.Equal((LedgerFault.Gap, 2L), Fault());
    }

    [Fact]
    public void Verify_CutShort_IsSeenByTheHeadThatWasPrinted()
    {
        var printed = Head;
        _entries.RemoveRange(3, 2);

        Assert.Equal((LedgerFault.Truncated, 4L), Fault(printed));
        Assert.Null(LedgerVerifier.Verify(new GivenEntries(_entries)).Problem);
    }

    [Fact]
    public void Verify_CutShort_IsSeenByASignedCheckpoint()
    {
        var checkpoint = _key.Sign(Head, DateTimeOffset.UnixEpoch);
        _entries.Clear();

        Assert.Equal((LedgerFault.Truncated, 1L), Fault(checkpoints: [checkpoint]));
    }

    [Fact]
    public void Verify_RewrittenWithFreshHashes_IsSeenByHeadAndCheckpoint()
    {
        var (printed, checkpoint) = (Head, _key.Sign(Head, DateTimeOffset.UnixEpoch));
        Rewrite();

        Assert.Equal((LedgerFault.Rewritten, 5L), Fault(printed));
        Assert.Equal((LedgerFault.Rewritten, 5L), Fault(checkpoints: [checkpoint]));
    }

    [Fact]
    public void Verify_RewrittenTogetherWithItsCheckpoint_IsSeenByTheSignature()
    {
        Rewrite();
        using var thief = LedgerKey.Create();
        var forged = thief.Sign(Head, DateTimeOffset.UnixEpoch);

        Assert.Equal(LedgerFault.BadSignature, Fault(checkpoints: [forged])!.Value.Fault);
        Assert.Equal(LedgerFault.BadSignature, Fault(checkpoints: [forged with { KeyId = _key.Id }])!.Value.Fault);
    }

    [Fact]
    public void Verify_WithAnOlderHead_IsOk() =>
        Assert.Null(Fault(new LedgerHead(2, _entries[1].Hash)));

    [Fact]
    public void Key_KeptAsPem_VerifiesWhatItSigned()
    {
        var checkpoint = _key.Sign(Head, DateTimeOffset.UnixEpoch);
        using var restored = LedgerKey.FromPem(_key.ExportPrivatePem());
        using var auditor = LedgerKey.FromPem(_key.PublicPem);

        Assert.True(restored.Verifies(checkpoint) && auditor.Verifies(checkpoint));
        Assert.False(auditor.Verifies(checkpoint with { At = checkpoint.At.AddMilliseconds(1) }));
        Assert.False(auditor.Verifies(checkpoint with { Head = new(4, _entries[3].Hash) }));
        Assert.False(auditor.Verifies(checkpoint with { Signature = "not base64" }));
    }

    [Fact]
    public void Finding_SaysWhatWasSeenAndExpectedAndHowFarItHolds()
    {
        _entries[2] = Change(_entries[2], "data");

        var finding = LedgerVerifier.Verify(new GivenEntries(_entries)).ToFinding()!;

        Assert.Equal("ledger-altered", finding.Id);
        Assert.Contains("entry 3", finding.Message, StringComparison.Ordinal);
        Assert.Contains($"--head 2:{_entries[1].Hash}", finding.Help, StringComparison.Ordinal);
    }

    private (LedgerFault Fault, long Sequence)? Fault(LedgerHead? expected = null, IReadOnlyList<LedgerCheckpoint>? checkpoints = null) =>
        LedgerVerifier.Verify(new GivenEntries(_entries), expected, checkpoints, _key).Problem is { } problem
            ? (problem.Fault, problem.Sequence)
            : null;

    private void Rewrite()
    {
        var rewritten = LedgerChain.Link(
            LedgerHead.Empty, [.. Enumerable.Range(11, 5).Select(n => LedgerStoreConformance.Fact("a/b", n))], DateTimeOffset.UnixEpoch);
        _entries.Clear();
        _entries.AddRange(rewritten);
    }

    private static LedgerEntry Change(LedgerEntry entry, string field) => field switch
    {
        "stream" => entry with { Stream = "a/c" },
        "type" => entry with { Type = "trial.happened/2" },
        "at" => entry with { At = entry.At.AddMilliseconds(1) },
        "principal" => entry with { Principal = new("mallory") },
        "data" => entry with { Data = "{\"number\":4}"u8.ToArray() },
        "hash" => entry with { Hash = new('a', 64) },
        "previous" => entry with { PreviousHash = new('a', 64) },
        _ => entry with { Sequence = 7 },
    };

    /// <summary>A store that somebody wrote to behind our back.</summary>
    private sealed class GivenEntries(List<LedgerEntry> entries) : ILedgerStore
    {
        public LedgerHead Head => new(entries[^1].Sequence, entries[^1].Hash);

        public IReadOnlyList<LedgerEntry> Append(LedgerHead expected, IReadOnlyList<NewEntry> entries) => throw new NotSupportedException();

        public IReadOnlyList<LedgerEntry> Read(long after, int limit, string? stream = null) =>
            [.. entries.Where(e => e.Sequence > after).Take(limit)];
    }
}
