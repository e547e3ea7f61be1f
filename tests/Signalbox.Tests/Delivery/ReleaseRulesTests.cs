using Signalbox.Delivery;
using Signalbox.Tests.Rollouts;

namespace Signalbox.Tests.Delivery;

public sealed class ReleaseRulesTests
{
    private static readonly EnvironmentConfiguration s_good = Plans.Environment();

    [Fact]
    public void Check_WhatTheFileReaderTakes_IsTaken()
    {
        var file = DeliveryFileReader.Read("""
            apiVersion: signalbox/v1
            application: shop
            services:
              web: { process: { command: [app] }, port: 8080, sticky: { cookie: sid }, slo: { availability: 99.9% } }
              jobs: { kind: worker, process: { command: [app, jobs] } }
            environments:
              - name: staging
                services: { web: { port: 8081 } }
                strategy: recreate
              - name: production
                hooks: { pre: { command: [migrate], reversible: false } }
            """u8);
        Assert.Empty(ReleaseRules.Check("shop", Assert.Single(file.Applications!).Environments));
    }

    public static TheoryData<string, string, EnvironmentConfiguration> Wrong => new()
    {
        { "../shop", "application is named '../shop'", s_good },
        { "shop", "environment is named 'a/../b'", s_good with { Name = "a/../b" } },
        { "shop", "environment is named 'prod@x'", s_good with { Name = "prod@x" } },
        { "shop", "service is named '../web'", Plans.Environment(services: Plans.Web("../web")) },
        { "shop", "services has 'web' twice", Plans.Environment(services: [Plans.Web(), Plans.Web(port: 8081)]) },
        { "shop", "no services, strategy, steps or analysis", s_good with { Services = null! } },
        { "shop", "no services, strategy, steps or analysis", s_good with { Strategy = Plans.Canary with { Steps = null! } } },
        { "shop", "expected weights that rise", Plans.Environment(Plans.Canary with { Steps = [new(Weight.Percent(50), TimeSpan.Zero), new(Weight.Percent(10), TimeSpan.Zero)] }) },
        { "shop", "expected Canary or Recreate", Plans.Environment(Plans.Canary with { Kind = StrategyKind.BlueGreen }) },
        { "shop", "keepWarm is", Plans.Environment(Plans.Canary with { KeepWarm = TimeSpan.Zero }) },
        { "shop", "alpha is NaN", Plans.Environment(Plans.Canary with { Analysis = Plans.Analysis with { Alpha = double.NaN } }) },
        { "shop", "margin is 1.2", Plans.Environment(Plans.Canary with { Analysis = Plans.Analysis with { Margin = 1.2 } }) },
        { "shop", "expected Recreate", Plans.Environment(services: Plans.Web() with { Data = DataMode.Exclusive }) },
        { "shop", "port 70000", Plans.Environment(services: Plans.Web(port: 70_000)) },
        { "shop", "two services listen", Plans.Environment(services: [Plans.Web(), Plans.Web("api")]) },
        { "shop", "command is empty", Plans.Environment(services: Plans.Web() with { Command = [] }) },
        { "shop", "instances is 0", Plans.Environment(services: Plans.Web(instances: 0)) },
        { "shop", "has 'PORT'", Plans.Environment(services: Plans.Web() with { Environment = new Dictionary<string, string> { ["PORT"] = "1" } }) },
        { "shop", "has 2 probes", Plans.Environment(services: Plans.Web() with { Health = Plans.Web().Health with { Tcp = true } }) },
        { "shop", "preHook.timeout", Plans.Environment(pre: new(["migrate"], TimeSpan.FromDays(-1), true)) },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Check_WhatTheFileReaderRefuses_IsRefused(string application, string expected, EnvironmentConfiguration environment) =>
        Assert.Contains(expected, Assert.Single(ReleaseRules.Check(application, [environment])));
}
