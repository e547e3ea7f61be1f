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
              nightly: { kind: cron, schedule: "0 3 * * *", timeZone: Europe/Paris, process: { command: [app, report] } }
            environments:
              - name: staging
                services: { web: { port: 8081 } }
                strategy: recreate
              - name: load
                services: { web: { port: 8082 } }
                strategy: rolling
              - name: acceptance
                services: { web: { port: 8083 } }
                strategy: { blueGreen: { preview: 8084, check: { command: [smoke] } } }
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
        { "shop", "expected Canary, Rolling, BlueGreen or Recreate", Plans.Environment(Plans.Canary with { Kind = (StrategyKind)9 }) },
        { "shop", "rolling is missing", Plans.Environment(Plans.Rolling with { Rolling = null }) },
        { "shop", "blueGreen is there", Plans.Environment(Plans.BlueGreen with { Kind = StrategyKind.Canary, Steps = Plans.Canary.Steps }) },
        { "shop", "surge is 0", Plans.Environment(Plans.Rolling with { Rolling = new(1, null, 0, TimeSpan.Zero) }) },
        { "shop", "two batches", Plans.Environment(Plans.Rolling with { Rolling = new(1, Weight.Percent(10), 1, TimeSpan.Zero) }) },
        { "shop", "batchInstances is -3", Plans.Environment(Plans.Rolling with { Rolling = new(-3, null, 1, TimeSpan.Zero) }) },
        { "shop", "expected the name of a web service", Plans.Environment(Previewed("api", new("127.0.0.1", 8081))) },
        { "shop", "port 0", Plans.Environment(Previewed("web", new("127.0.0.1", 0))) },
        { "shop", "two services or previews listen", Plans.Environment(Previewed("web", new("127.0.0.1", 8080))) },
        { "shop", "check is irreversible", Plans.Environment(Plans.BlueGreen with { BlueGreen = Plans.BlueGreen.BlueGreen! with { Check = new(["x"], TimeSpan.FromSeconds(1), false) } }) },
        { "shop", "schedule is missing", Plans.Environment(services: Cron(null)) },
        { "shop", "expected minute, hour", Plans.Environment(services: Cron("often")) },
        { "shop", "instances is 2; expected 1 for a cron", Plans.Environment(services: Cron("@daily") with { Instances = 2 }) },
        { "shop", "schedule is there", Plans.Environment(services: Plans.Web() with { Schedule = new("@daily") }) },
        { "shop", "keepWarm is", Plans.Environment(Plans.Canary with { KeepWarm = TimeSpan.Zero }) },
        { "shop", "alpha is NaN", Plans.Environment(Plans.Canary with { Analysis = Plans.Analysis with { Alpha = double.NaN } }) },
        { "shop", "margin is 1.2", Plans.Environment(Plans.Canary with { Analysis = Plans.Analysis with { Margin = 1.2 } }) },
        { "shop", "expected Recreate", Plans.Environment(services: Plans.Web() with { Data = DataMode.Exclusive }) },
        { "shop", "port 70000", Plans.Environment(services: Plans.Web(port: 70_000)) },
        { "shop", "two services or previews listen", Plans.Environment(services: [Plans.Web(), Plans.Web("api")]) },
        { "shop", "command is empty", Plans.Environment(services: Plans.Web() with { Command = [] }) },
        { "shop", "instances is 0", Plans.Environment(services: Plans.Web(instances: 0)) },
        { "shop", "has 'PORT'", Plans.Environment(services: Plans.Web() with { Environment = new Dictionary<string, string> { ["PORT"] = "1" } }) },
        { "shop", "has 2 probes", Plans.Environment(services: Plans.Web() with { Health = Plans.Web().Health with { Tcp = true } }) },
        { "shop", "preHook.timeout", Plans.Environment(pre: new(["migrate"], TimeSpan.FromDays(-1), true)) },
    };

    private static Strategy Previewed(string service, ListenAddress listen) => Plans.BlueGreen with
    {
        BlueGreen = Plans.BlueGreen.BlueGreen! with { Preview = new Dictionary<string, ListenAddress> { [service] = listen } },
    };

    private static ServiceConfiguration Cron(string? schedule) => Plans.Web("nightly") with
    {
        Kind = ServiceKind.Cron,
        Listen = null,
        Health = Plans.Web().Health with { Http = null },
        Schedule = schedule is null ? null : new(schedule),
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Check_WhatTheFileReaderRefuses_IsRefused(string application, string expected, EnvironmentConfiguration environment) =>
        Assert.Contains(expected, Assert.Single(ReleaseRules.Check(application, [environment])));
}
