using Signalbox.Delivery;
using Signalbox.Rollouts;
using Signalbox.Tests.Rollouts.Simulation;

namespace Signalbox.Tests.Rollouts;

/// <summary>A release that listens elsewhere: clients reach who serves, where they know it, until it serves no more.</summary>
public sealed class AddressChangeTests : IDisposable
{
    private static readonly ListenAddress s_old = new("127.0.0.1", 8080), s_new = new("127.0.0.1", 9090);

    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(StrategyKind.Canary)]
    [InlineData(StrategyKind.Rolling)]
    [InlineData(StrategyKind.BlueGreen)]
    [InlineData(StrategyKind.Recreate)]
    public void ChangedPort_BothAreServedUntilTheNewReleaseTookOver(StrategyKind kind)
    {
        _world.Serving(Plans.Web(instances: 2)).Deploy(strategy: StrategyOf(kind), services: Plans.Web(instances: 2, port: 9090));
        var seen = new HashSet<(ListenAddress?, ListenAddress?)>();
        _world.Until(world =>
        {
            if (world.Phase < Phase.Baking) seen.Add(Served());
            return world.Phase == Phase.Baking;
        });
        Assert.Equal((s_old, s_new), Assert.Single(seen));
        Assert.Equal((s_new, null), Served());
    }

    [Fact]
    public void ChangedPort_TakenBack_IsServedWhereStableWas()
    {
        _world.Serving().Deploy(Behaviour.Good with { BadAfterSeconds = 5 }, services: Plans.Web(port: 9090));
        _world.Until(world => world.Phase == Phase.RolledBack);
        Assert.Equal((s_old, null), Served());
    }

    [Fact]
    public void ExchangedPorts_ChangeHandsWhenTheNewReleaseTookOver()
    {
        _world.Serving(Plans.Web("api", port: 8080), Plans.Web("web", port: 9090));
        _world.Deploy(services: [Plans.Web("api", port: 9090), Plans.Web("web", port: 8080)]);
        _world.Until(world => world.Phase == Phase.Progressing);
        Assert.Equal([(s_old, null), (s_new, null)], _world.Host.Table!.Services.Select(service => (service.Listen, service.NextListen)));
        _world.Until(world => world.Phase == Phase.Baking);
        Assert.Equal([s_new, s_old], _world.Host.Table!.Services.Select(service => service.Listen));
    }

    [Fact]
    public void NewService_OnAnAddressThatStableServes_GetsItWhenItTookOver()
    {
        _world.Serving(Plans.Web("web", port: 8080));
        _world.Deploy(services: [Plans.Web("edge", port: 8080), Plans.Web("web", port: 9090)]);
        _world.Until(world => world.Phase == Phase.Progressing);
        Assert.Equal([(null, null), (s_old, s_new)], _world.Host.Table!.Services.Select(service => (service.Listen, service.NextListen)));
        _world.Until(world => world.Phase == Phase.Baking);
        Assert.Equal([s_old, s_new], _world.Host.Table!.Services.Select(service => service.Listen));
    }

    [Theory]
    [InlineData(StrategyKind.Canary)]
    [InlineData(StrategyKind.Rolling)]
    public void ServiceThatBecomesAWorker_IsServedByTheOldReleaseUntilTheNewOneTookOver(StrategyKind kind)
    {
        _world.Serving(Plans.Web("api", 2), Plans.Web("web", 2, 8081));
        var worker = Plans.Web("web", 2) with { Kind = ServiceKind.Worker, Listen = null };
        _world.Deploy(strategy: StrategyOf(kind), services: [Plans.Web("api", 2), worker]);
        _world.Until(world =>
        {
            if (world.Phase >= Phase.Baking) return true;
            var web = world.Host.Table!.Services[1];
            Assert.Equal(new ListenAddress("127.0.0.1", 8081), web.Listen);
            Assert.Equal(Weight.All, web.Arms.Single(arm => arm.Revision == "shop-1").Weight);
            return false;
        });
        Assert.Null(_world.Host.Table!.Services[1].Listen);
    }

    private (ListenAddress?, ListenAddress?) Served() => (_world.Host.Table!.Services[0].Listen, _world.Host.Table.Services[0].NextListen);

    private static Strategy StrategyOf(StrategyKind kind) => kind switch
    {
        StrategyKind.Rolling => Plans.Rolling,
        StrategyKind.BlueGreen => Plans.BlueGreen,
        _ => Plans.Canary with { Kind = kind },
    };
}
