using CsCheck;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Tests.Runtimes.Protocol;

public sealed class EffectiveWeightsTests
{
    private static ArmCapacity Stable(int weight, int ready, int fullLoad = 1) => new(weight, ready, fullLoad, true);

    private static ArmCapacity Canary(int weight, int ready, int fullLoad = 1) => new(weight, ready, fullLoad, false);

    [Fact]
    public void CanaryWithAQuarterOfTheInstances_GetsAQuarterAtMost() =>
        Assert.Equal([7500, 2500], EffectiveWeights.Of([Stable(5000, 4, 4), Canary(5000, 1, 4)]));

    [Fact]
    public void CanaryThatIsNotReady_GivesItsShareToStable() =>
        Assert.Equal([10000, 0], EffectiveWeights.Of([Stable(9000, 1), Canary(1000, 0)]));

    [Fact]
    public void StableThatIsNotReady_GivesItsShareToTheCanaryThatHasUsers() =>
        Assert.Equal([0, 10000], EffectiveWeights.Of([Stable(9900, 0), Canary(100, 1)]));

    [Fact]
    public void StableThatIsNotReady_GivesNothingToACanaryOfWeightZero() =>
        Assert.Equal([0, 0, 0], EffectiveWeights.Of([Stable(10000, 0), Canary(0, 1), Canary(0, 3)]));

    [Fact]
    public void StableThatIsNotReady_GivesNothingToACanaryTheJudgeFailed() =>
        Assert.Equal([0, 2500], EffectiveWeights.Of([Stable(7500, 0), Canary(2500, 1) with { MayHelpOut = false }]));

    [Fact]
    public void Always_NobodyWithoutAWeightOrAReadyInstanceGetsTraffic()
    {
        var arm = Gen.Select(Gen.Int[0, 5], Gen.Int[1, 5]);
        Gen.Select(Gen.Int[0, 10000], arm, arm, Gen.Bool).Sample((canaryWeight, stable, canary, mayHelpOut) =>
        {
            var arms = new[]
            {
                Stable(10000 - canaryWeight, Math.Min(stable.Item1, stable.Item2), stable.Item2),
                Canary(canaryWeight, Math.Min(canary.Item1, canary.Item2), canary.Item2) with { MayHelpOut = mayHelpOut },
            };
            var shares = EffectiveWeights.Of(arms);
            var (stableReady, canaryReady) = (arms[0].Ready > 0, arms[1].Ready > 0);
            var expected = stableReady || (canaryReady && canaryWeight > 0 && mayHelpOut) ? 10000 : canaryReady ? canaryWeight : 0;
            return shares.Sum() == expected
                && shares.Zip(arms).All(s => s.First == 0 || s.Second.Ready > 0)
                && (shares[1] == 0 || canaryWeight > 0)
                && (!stableReady || shares[1] <= Math.Min(canaryWeight, 10000 * arms[1].Ready / arms[1].FullLoad));
        });
    }
}
