using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Gates;

namespace Signalbox.Tests.Gates;

/// <summary>What becomes of the words of several gates and several files.</summary>
public sealed class GateReportTests
{
    [Fact]
    public void Worst_Decides_AndWhatOnlyWarnsDoesNot()
    {
        Assert.Equal(GateVerdict.Allow, Asked("{ coverage: warn, tests: warn }").Decide().Verdict);
        Assert.Equal(GateVerdict.Deny, Asked("{ coverage: enforce, signature: enforce }").Decide().Verdict);
        // one that cannot say, and one that says no
        var release = Asked("{ coverage: enforce, tests: enforce }");
        release.Add(EvidenceKind.Test, new TestFact(0, 0, 0));
        Assert.Equal(GateVerdict.Deny, release.Decide().Verdict);
        release.Add(EvidenceKind.Coverage, new CoverageFact(9, 10, 0, 0));
        Assert.Equal(GateVerdict.Undecided, release.Decide().Verdict);
    }

    [Fact]
    public void Result_StopsOrWarnsOrNeither()
    {
        (GateMode Mode, GateVerdict Verdict, bool Stops, bool Warns)[] all =
        [
            (GateMode.Enforce, GateVerdict.Allow, false, false),
            (GateMode.Enforce, GateVerdict.Undecided, true, false),
            (GateMode.Enforce, GateVerdict.Deny, true, false),
            (GateMode.Warn, GateVerdict.Allow, false, false),
            (GateMode.Warn, GateVerdict.Undecided, false, true),
            (GateMode.Warn, GateVerdict.Deny, false, true),
        ];
        foreach (var (mode, verdict, stops, warns) in all)
        {
            var result = new GateResult("tests", "policy", mode, verdict, [], null, null);
            Assert.Equal((mode, verdict, stops, warns), (mode, verdict, result.Stops, result.Warns));
        }
    }

    [Fact]
    public void OnlyApproval_IsMissing_WhereNothingElseStops()
    {
        var release = Asked("{ approval: enforce, coverage: warn }");
        Assert.True(release.Decide().LacksOnlyApproval);
        release.Policy = GateFixture.Gates("{ approval: enforce, coverage: enforce }");
        Assert.False(release.Decide().LacksOnlyApproval);
        release.Policy = GateFixture.Gates("{ approval: enforce }");
        release.Approve("bob");
        Assert.False(release.Decide().LacksOnlyApproval);
    }

    [Fact]
    public void GateThatIsOff_IsNotAsked()
    {
        var release = new GateFixture("apiVersion: signalbox-policy/v1\ngates: { coverage: off, approval: off }\ncustom: [{ name: ticket, mode: off, command: [/bin/ticket] }, { name: second, command: [/bin/second] }]\n");
        var asked = release.Decide().Results.Select(result => result.Gate).ToList();
        Assert.DoesNotContain("coverage", asked);
        Assert.DoesNotContain("ticket", asked);
        Assert.Contains("second", asked);
        Assert.Contains("tests", asked);
    }

    [Fact]
    public void OwnFile_IsAskedWhatItNames_AndNothingThatIsOff()
    {
        var release = Asked("{ coverage: off, tests: off }");
        release.Configuration = release.Configuration with { Gates = [Rule(GateTable.Coverage, GateMode.Warn), Rule(GateTable.Tests, GateMode.Off), Rule(GateTable.Freeze, GateMode.Enforce), Rule(GateTable.Sbom, GateMode.Enforce)] };
        var own = release.Decide().Results.Where(result => result.Layer == "signalbox.yaml").Select(result => (result.Gate, result.Mode, result.Verdict));
        Assert.Equal([("coverage", GateMode.Warn, GateVerdict.Deny), ("sbom", GateMode.Enforce, GateVerdict.Deny)], own);
    }

    /// <summary>A release's own file asks how far it has come only where that is known.</summary>
    [Fact]
    public void OwnFile_AsksForPromotion_WhereThereIsAPath()
    {
        var release = Asked("{ promotion: off }");
        release.Configuration = release.Configuration with { Gates = [Rule(GateTable.Promotion, GateMode.Enforce)] };
        release.Path = new(["staging", "production"], []);
        Assert.Equal(["gate-not-promoted"], release.Decide().Against());
        Assert.Empty(GateDecision.Decide(release.Inputs() with { Path = null }).Against());
    }

    [Fact]
    public void GateThatSaysNothing_IsUndecided()
    {
        var release = Asked("{ sbom: enforce }");
        release.Artifacts = new Dictionary<string, Digest>();
        var line = Assert.Single(release.Decide().Of("sbom").Lines);
        Assert.Equal((GateVerdict.Undecided, "gate-silent", "sbom said nothing, so nothing is known"), (line.Verdict, line.Id, line.Text));
        Assert.Equal("signalbox gates explain shop-2   # a fault of the gate: report it with what this says", line.Help);
    }

    [Theory]
    [InlineData("policy of production", "production")]
    [InlineData("policy of shop/production", "shop/production")]
    [InlineData("policy of *", "'*'")]
    public void PolicyThatCannotBeRead_IsNamedAndShown(string name, string scope)
    {
        var result = Assert.Single(GateDecision.Decide(new GateFixture().Inputs() with { Layers = [new(name, null, null)] }).Results);
        Assert.Equal(("policy", name, GateMode.Enforce, null), (result.Gate, result.Layer, result.Mode, result.HandTo));
        var line = Assert.Single(result.Lines);
        Assert.Equal($"the {name} cannot be read by this version, so what it demands is not known", line.Text);
        Assert.StartsWith($"signalbox policy show {scope}   # ", line.Help, StringComparison.Ordinal);
    }

    [Fact]
    public void Result_PointsAtTheRule_AndNamesItsOwner()
    {
        var result = Asked("{ coverage: enforce }").Decide().Of("coverage");
        Assert.Equal(("policy of production", "policy.yaml", 2, "devops"), (result.Layer, result.Place?.Path, result.Place?.Line, result.HandTo));
        Assert.Equal("security (@acme/appsec)", Asked("{ sbom: enforce }").Decide().Of("sbom").HandTo);
    }

    private static GateRule Rule(string gate, GateMode mode) => new(gate, mode, new Dictionary<string, IReadOnlyList<string>>());

    private static GateFixture Asked(string gates) => new($"apiVersion: signalbox-policy/v1\ngates: {gates}\n");
}
