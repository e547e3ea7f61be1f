using System.Buffers;
using System.Text;
using CsCheck;
using Signalbox.Host.Shim;
using Signalbox.Host.Supervision;

namespace Signalbox.Host.Tests.Shim;

public sealed class LineStamperTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Add_Lines_AreStampedAsCri()
    {
        Assert.Equal("2026-01-02T03:04:05.0000000Z stdout F one\n2026-01-02T03:04:05.0000000Z stdout F two\n", Stamp("one\ntw", "o"));
    }

    [Fact]
    public void Add_LongLine_IsSplitIntoParts()
    {
        var entries = Stamp(new string('x', LineStamper.LongestEntry + 1) + "\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, entries.Length);
        Assert.Contains(" stdout P xxx", entries[0], StringComparison.Ordinal);
        Assert.EndsWith(" stdout F x", entries[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Add_AnyCutting_ReadsBackTheSameLines() =>
        Gen.Select(Gen.String[Gen.Char['a', 'z'], 0, 40].Array[0, 20], Gen.Int[1, 50]).Sample((lines, cut) =>
        {
            var text = string.Concat(lines.Select(l => l + "\n"));
            var pieces = text.Chunk(cut).Select(c => new string(c)).ToArray();
            Assert.Equal(lines, LogReader.Parse(Encoding.UTF8.GetBytes(Stamp(pieces))).Select(e => e.Text));
        });

    private static string Stamp(params string[] pieces)
    {
        var output = new ArrayBufferWriter<byte>();
        var stamper = new LineStamper("stdout", output);
        foreach (var piece in pieces) stamper.Add(Encoding.UTF8.GetBytes(piece), Now);
        stamper.Flush(last: true, Now);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
