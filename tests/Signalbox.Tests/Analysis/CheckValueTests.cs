using Signalbox.Analysis;

namespace Signalbox.Tests.Analysis;

/// <summary>The reference values C1 to C14, computed independently in another language.</summary>
public sealed class CheckValueTests
{
    private static void Equal(double expected, double actual) => Assert.Equal(expected, actual, 1e-9);

    [Fact]
    public void BatchRatio_C1ToC3()
    {
        Equal(2.679608527471, RateRatio.LogLikelihoodRatio(2, 1, 100, 900, 10, 1));
        Equal(2.307399262614, RateRatio.LogLikelihoodRatio(2, 1, 100, 900, 10, 1.25));
        Equal(-0.911607783970, RateRatio.LogLikelihoodRatio(0, 5, 100, 900, 3, 1));
    }

    [Fact]
    public void Mixtures_C4()
    {
        (double, double, double, double)[] batches = [(1, 0, 100, 900), (2, 1, 100, 900), (0, 2, 50, 950), (3, 1, 250, 750)];
        double[] plainValues = [1.906066312816, 3.934839429596, 2.443678682309, 4.414218363036];
        double[] startValues = [1.351518691246, 3.303174307408, 1.863327764834, 3.799720152557];
        var plain = new PlainRateRatio(1);
        var start = new StartMixture();
        for (var i = 0; i < batches.Length; i++)
        {
            var (xc, xs, nc, ns) = batches[i];
            Equal(plainValues[i], plain.Add(xc, xs, nc, ns));
            start.OpenStart();
            start.Tick(xc, xs, nc, ns, 1, 1);
            Equal(startValues[i], start.LogE);
        }
    }

    [Theory]
    [InlineData(9, 4, 4283.383866)]
    [InlineData(1, 11, 1190.758516)]
    public void Outage_C5_NeedsSoManyRequests(int stablePerCanary, int expected, double e)
    {
        var plain = new PlainRateRatio(1);
        var requests = 0;
        for (; plain.LogE < Math.Log(1000); requests++) plain.Add(1, 0, 1, stablePerCanary);
        Assert.Equal(expected, requests);
        Assert.Equal(e, Math.Exp(plain.LogE), 1e-6);
    }

    [Fact]
    public void OneSampleAndPromotion_C7C8()
    {
        Equal(9.538722545871, OneSample.LogGuard(5, 200, 0.001));
        Equal(-2.279087206162, OneSample.LogGuard(0, 1000, 0.001));
        Equal(5.979941755590, RateRatio.LogPromote(3, 30, 3000, 27000, 5));
    }

    [Fact]
    public void Dashboards_C6C9ToC12()
    {
        Equal(6.519499477796, DashboardStatistics.LogLindonMalek(10, 10, 0.1, 1, 9));
        Equal(12.339622489539, DashboardStatistics.LogMixtureSprt(30, 1000, 90, 9000, 1e-4));
        Equal(0.091784906718, DashboardStatistics.DistributionBand(1e3, 0.01));
        Equal(0.029341283273, DashboardStatistics.DistributionBand(1e4, 0.01));
        Equal(0.009357370086, DashboardStatistics.DistributionBand(1e5, 0.01));
        Equal(0.002979610171, DashboardStatistics.DistributionBand(1e6, 0.01));
        var tuning = DashboardStatistics.NormalMixtureTuning(2500, 0.05);
        Equal(315.014024481, tuning);
        Equal(0.015176044952, DashboardStatistics.NormalMixtureRadius(1e4, 0.25, 0.05, tuning));
        Equal(5.624750272677, DashboardStatistics.LogBetaBinomial(-30, 49.5, 0.99, 49.5));
    }

    [Theory]
    [InlineData(1, new[] { 0, -0.400161746, 0.631289357, 9.560667781, 17.184852241 })]
    [InlineData(5, new[] { 0, -0.154051817, 0.047877847, 1.415576056, 2.766604467 })]
    public void FullRule_C14(double dispersion, double[] expected)
    {
        var rule = new StartMixture();
        var seen = new List<double>();
        for (var tick = 1; tick <= 30; tick++)
        {
            var xc = tick == 20 ? 10 : tick >= 12 && tick % 2 == 0 ? 1 : 0;
            if (tick % 10 == 1) rule.OpenStart();
            rule.Tick(StartMixture.Cap(xc, 10, 0.001, JudgeFrame.MeasuredBurst), tick % 10 == 0 ? 1 : 0, 10, 90, 1.25, dispersion);
            if (tick is 1 or 10 or 12 or 20 or 30) seen.Add(rule.LogE);
        }
        for (var i = 0; i < expected.Length; i++) Equal(expected[i], seen[i]);
    }

    [Theory]
    [InlineData(0.02, 0.02, 1.0, new[] { 1.5, 3, 10, 100 })]
    [InlineData(0.04, 0.02, 2.0, new[] { 3.0, 10, 100 })]
    [InlineData(0.025, 0.02, 1.25, new[] { 1.9, 12.5, 1250 })]
    public void ExactExpectation_C13_IsAtMostOne(double canaryBad, double stableBad, double rho0, double[] ratios)
    {
        foreach (var rho in ratios)
        {
            var expectation = 0.0;
            for (var a = 0; a <= 5; a++)
                for (var b = 0; b <= 20; b++)
                    expectation += Binomial(5, a, canaryBad) * Binomial(20, b, stableBad)
                        * Math.Exp(RateRatio.LogLikelihoodRatio(a, b, 5, 20, rho, rho0));
            Assert.InRange(expectation, 0.98, 1);
        }
    }

    [Fact]
    public void OneSampleAgainstALimit_HasExpectationOfAtMostOne_AndExcludesThreeOverN()
    {
        foreach (var bad in (double[])[0.01, 0.02, 0.2])
            Assert.InRange(Enumerable.Range(0, 201).Sum(x => Binomial(200, x, bad) * Math.Exp(OneSample.LogBelow(x, 200, 0.01, 1))), 0, 1 + 1e-9);
        Assert.True(OneSample.LogBelow(0, 330, 0.01, 1) >= Math.Log(20));
        Assert.True(OneSample.LogBelow(0, 280, 0.01, 1) < Math.Log(20));
        Assert.True(OneSample.LogBelow(5, 330, 0.01, 1) < 0);
    }

    private static double Binomial(int n, int k, double p)
    {
        var choose = 1.0;
        for (var i = 1; i <= k; i++) choose *= (n - k + i) / (double)i;
        return choose * Math.Pow(p, k) * Math.Pow(1 - p, n - k);
    }
}
