using Signalbox.Gates;

namespace Signalbox.Tests.Gates;

/// <summary>What comes before an environment, and what policies say about getting there.</summary>
public sealed class ReleasePathTests
{
    private static readonly DateTimeOffset s_at = GateFixture.Now;
    private static readonly ReleasePath s_path = new(["dev", "staging", "production"],
    [
        new("dev", Standing.Succeeded, s_at, "shop-dev-1") { Starters = ["alice"] },
        new("staging", Standing.GoingOut, s_at, "shop-staging-1") { Starters = ["bob", "carol"] },
        new("production", Standing.Failed, s_at, "shop-production-1"),
    ]);

    [Theory]
    [InlineData("production", "", "staging")]
    [InlineData("staging", "", "dev")]
    [InlineData("dev", "", "")]
    [InlineData("elsewhere", "", "")]
    [InlineData("elsewhere", "security", "security")]
    [InlineData("production", "security dev", "staging security dev")]
    [InlineData("production", "staging production security security", "staging security")]
    public void Before_IsTheOneBeforeInItsFile_AndThoseThatPoliciesName(string environment, string from, string before) =>
        Assert.Equal(before.Split(' ', StringSplitOptions.RemoveEmptyEntries), s_path.Before(environment, from.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Fact]
    public void Standing_IsThatOfTheEnvironment()
    {
        Assert.Equal("shop-staging-1", s_path.In("staging")?.Rollout);
        Assert.Null(s_path.In("elsewhere"));
        Assert.Equal(["alice", "bob", "carol"], s_path.Starters);
    }

    [Fact]
    public void Same_IsByValue()
    {
        var standings = s_path.Standings.ToList();
        Assert.True(s_path.IsSame(new([.. s_path.Environments], standings)));
        Assert.False(s_path.IsSame(null));
        Assert.False(s_path.IsSame(s_path with { Environments = ["dev", "staging", "Production"] }));
        Assert.False(s_path.IsSame(s_path with { Standings = standings[..2] }));
        Assert.False(s_path.IsSame(s_path with { Standings = [standings[0] with { Standing = Standing.Withdrawn }, .. standings[1..]] }));
    }

    /// <summary>It goes on by itself where every policy lets it, and as slowly as the slowest says.</summary>
    [Fact]
    public void Terms_AreThoseOfAllLayersTogether()
    {
        PolicyLayer Layer(string text) => new("policy", null, GateFixture.Read($"apiVersion: signalbox-policy/v1\n{text}\n"));
        var (soon, later, byHand) = (Layer("promote: { after: 10m }\ngates: { promotion: { from: [dev, qa] } }"), Layer("promote: { after: 30m }\ngates: { promotion: { from: [qa, staging] } }"), Layer("gates: { promotion: { from: perf } }"));
        Assert.Equal((TimeSpan.FromMinutes(10), "dev qa"), Terms(soon));
        Assert.Equal((TimeSpan.FromMinutes(30), "dev qa staging"), Terms(soon, later));
        Assert.Equal((TimeSpan.FromMinutes(30), "qa staging dev"), Terms(later, soon));
        Assert.Equal(((TimeSpan?)null, "dev qa perf"), Terms(soon, byHand));
        Assert.Equal(((TimeSpan?)null, ""), Terms(soon, new("lost", null, null)));
        Assert.Same(PromotionTerms.ByHand, PromotionTerms.Of([new("lost", null, null)]));

        static (TimeSpan? After, string From) Terms(params PolicyLayer[] layers) => PromotionTerms.Of(layers) is var terms ? (terms.After, string.Join(' ', terms.From)) : default;
    }
}
