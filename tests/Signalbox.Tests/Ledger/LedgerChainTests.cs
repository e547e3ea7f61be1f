using System.Security.Cryptography;
using CsCheck;
using Signalbox.Ledger;

namespace Signalbox.Tests.Ledger;

public sealed class LedgerChainTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);

    /// <summary>The worked example of docs/spec/ledger.md, put together by hand.</summary>
    [Fact]
    public void Hash_IsSha256OverLengthPrefixedFields()
    {
        var entry = LedgerChain.Link(LedgerHead.Empty, [new("shop/production", "rollout.started/1", new("ci:github"), "{}"u8.ToArray())], At)[0];

        byte[] envelope =
        [
            0, 0, 0, 25, .. "signalbox.ledger.entry.v1"u8,
            0, 0, 0, 32, .. new byte[32],
            0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1,
            0, 0, 0, 15, .. "shop/production"u8,
            0, 0, 0, 17, .. "rollout.started/1"u8,
            0, 0, 0, 8, 0x00, 0x00, 0x01, 0x8B, 0xCF, 0xE5, 0x68, 0x7B,
            0, 0, 0, 9, .. "ci:github"u8,
            0, 0, 0, 2, .. "{}"u8,
        ];
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(envelope)), entry.Hash);
        Assert.Equal("a9bbb50560ad2c0cdf3e74f2476d3714c834ddadc01c899ef70e00befd9ad60b", entry.Hash);
    }

    [Fact]
    public void Hash_MovingACharacterBetweenFields_ChangesIt() => (from text in Gen.String[Gen.Char['a', 'c'], 2, 6]
                                                                   from cut in Gen.Int[1, 5]
                                                                   from other in Gen.Int[1, 5]
                                                                   where cut < text.Length && other < text.Length && cut != other
                                                                   select (text, cut, other)).Sample(t =>
        HashOf(t.text[..t.cut], t.text[t.cut..]) != HashOf(t.text[..t.other], t.text[t.other..]));

    [Fact]
    public void Link_CutsTheTimeToTheMillisecond()
    {
        var entry = LedgerChain.Link(LedgerHead.Empty, [LedgerStoreConformance.Fact("a/b", 1)], At.AddTicks(4_567))[0];

        Assert.Equal(At, entry.At);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(":", false)]
    [InlineData("-1:0000000000000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("1:000000000000000000000000000000000000000000000000000000000000000G", false)]
    [InlineData("1:00", false)]
    [InlineData("12:00000000000000000000000000000000000000000000000000000000000000af", true)]
    public void Head_ParsesWhatItPrints(string text, bool valid)
    {
        Assert.Equal(valid, LedgerHead.TryParse(text, out var head));
        if (valid) Assert.Equal(text, head!.ToString());
    }

    private static string HashOf(string stream, string type) =>
        LedgerChain.Link(LedgerHead.Empty, [new(stream, type, Principal.Engine, "{}"u8.ToArray())], At)[0].Hash;
}
