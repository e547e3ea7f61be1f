using System.Text;
using Signalbox.Delivery;
using Signalbox.Ledger;

namespace Signalbox.Server.Tests;

/// <summary>What the ledger names is kept: also where an entry is of a version that is not known here.</summary>
public sealed class LedgerDigestsTests
{
    [Fact]
    public void EveryDigest_OfAnyEntry_IsFound()
    {
        Digest one = Digest.Of("one"u8), two = Digest.Of("two"u8), other = Digest.Of("other"u8);
        var ledger = new MemoryLedgerStore(TimeProvider.System);
        NewEntry Entry(string data) => new("future", "future.thing/9", new("alice"), Encoding.UTF8.GetBytes(data));
        ledger.Append(ledger.Head, [Entry($$"""{"a":{"b":["{{one}}"]},"text":"sha256:short"}"""), Entry($$"""{"x":"see {{two}}."}"""), Entry("""{"end":"sha256:"}""")]);
        var found = LedgerDigests.In(ledger).All;
        Assert.Equal(2, found.Count);
        Assert.Contains(one, found);
        Assert.Contains(two, found);
        Assert.DoesNotContain(other, found);
    }
}
