using Signalbox.Delivery;
using Signalbox.Evidence;
using Signalbox.Gates;

namespace Signalbox.Tests.Gates;

/// <summary>A report that was another release's is that one's only by the word of somebody who counts.</summary>
public sealed class GateReuseTests
{
    private static readonly Digest s_third = Digest.Of("third"u8);

    [Fact]
    public void SecondOfTwo_IsNamed_WhereOnlyItsBringerIsHeard() => Assert.Equal(s_third, Named(["mallory", "ci:github"]));

    [Fact]
    public void First_IsNamed_WhereBothAreHeard() => Assert.Equal(GateFixture.Other, Named(["ci:gitlab", "ci:github"]));

    [Fact]
    public void Nobodys_IsNotNamed() => Assert.Null(Named(["mallory", "eve"]));

    /// <summary>A name that is missing may be anybody's.</summary>
    [Fact]
    public void OneWithoutAName_IsNamed() => Assert.Equal(s_third, Named(["mallory"]));

    [Fact]
    public void OneOfNoNames_IsNamed() => Assert.Equal(GateFixture.Other, Named(null));

    private static Digest? Named(IReadOnlyList<string>? by)
    {
        var release = new GateFixture("apiVersion: signalbox-policy/v1\nevidenceFrom: [\"ci:github\", \"ci:gitlab\"]\ngates: { coverage: enforce }\n");
        var item = release.Add(EvidenceKind.Coverage, new CoverageFact(9, 10, 0, 0), alsoOf: [GateFixture.Other, s_third]);
        release.Items[0] = item with { Record = item.Record with { AlsoBy = by } };
        var line = release.Decide().Of("coverage").Lines.Single();
        if (line.Verdict == GateVerdict.Allow) return null;
        Assert.Equal("gate-evidence-reused", line.Id);
        return new[] { GateFixture.Other, s_third }.Single(digest => line.Text.Contains(digest.Value[..19], StringComparison.Ordinal));
    }
}
