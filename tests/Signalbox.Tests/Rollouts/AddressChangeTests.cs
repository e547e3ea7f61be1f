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
    public void ChangedPort_IsShownBesideTheOldOne_SoThatTheNextReleaseMayAskForItToo()
    {
        _world.Serving().Deploy(services: Plans.Web(port: 9090));
        _world.Until(world => world.Phase == Phase.Progressing);
        Assert.Equal(("http://127.0.0.1:8080", "http://127.0.0.1:9090"), Shown());
        _world.Until(world => world.Phase == Phase.Baking);
        Assert.Equal(("http://127.0.0.1:9090", null), Shown());
    }

    private (string?, string?) Shown()
    {
        var service = TrackViews.Of(_world.State, _world.Host.Observe(), null, _ => []).Services.Single();
        return (service.Address, service.Next);
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
            Assert.Equal((Weight.All, 2), (web.Arms.Single(arm => arm.Revision == "shop-1").Weight, web.Arms.Single(arm => arm.Revision == "shop-1").Instances));
            return false;
        });
        Assert.Null(_world.Host.Table!.Services[1].Listen);
    }

    [Fact]
    public void ServiceThatBecomesASmallWorker_KeepsItsOnlyInstanceWhileTheOthersRoll()
    {
        _world.Serving(Plans.Web("api", 4), Plans.Web("web", 1, 8081));
        _world.Deploy(strategy: Plans.Rolling, services: [Plans.Web("api", 4), Plans.Web("web") with { Kind = ServiceKind.Worker, Listen = null }]);
        _world.Until(world =>
        {
            if (world.Phase >= Phase.Baking) return true;
            Assert.Equal(1, world.Host.Table!.Services[1].Arms.Single(arm => arm.Revision == "shop-1").Instances);
            return false;
        });
        _world.Until(world => world.Phase == Phase.Succeeded);
    }

    [Fact]
    public void WorkerThatBecomesAWebService_IsNotJudgedWhereNobodyReachesIt()
    {
        _world.Serving(Plans.Web("jobs", 1) with { Kind = ServiceKind.Worker, Listen = null }, Plans.Web("web"));
        _world.Deploy(services: [Plans.Web("jobs", 1, 8081), Plans.Web("web")]);
        _world.Until(world => world.Phase == Phase.Progressing);
        Assert.Equal([false, true], _world.Host.Table!.Services.Select(service => service.Judge is not null));
        _world.Until(world => world.Phase == Phase.Succeeded);
    }

    /// <summary>A single service is called web; with a second one beside it both are named.</summary>
    [Theory]
    [InlineData(StrategyKind.Canary)]
    [InlineData(StrategyKind.Rolling)]
    [InlineData(StrategyKind.BlueGreen)]
    [InlineData(StrategyKind.Recreate)]
    public void ServiceThatGetsAnotherName_KeepsItsPort(StrategyKind kind)
    {
        _world.Serving(Plans.Web("web")).Deploy(strategy: StrategyOf(kind), services: [Plans.Web("edge"), Plans.Web("jobs") with { Kind = ServiceKind.Worker, Listen = null }]);
        _world.Until(world => world.Phase == Phase.Baking);
        Assert.Equal((s_old, null), (ListenOf("edge"), ListenOf("web")));
        _world.Until(world => world.Phase is Phase.Succeeded or Phase.RolledBack);
        Assert.Equal((Phase.Succeeded, s_old), (_world.Phase, ListenOf("edge")));
        if (kind is StrategyKind.Canary or StrategyKind.BlueGreen) Assert.Null(ListenOf("web"));
    }

    [Fact]
    public void ServiceThatGetsAnotherName_TakenBackAfterItTookOver_IsServedAsItWas()
    {
        _world.Serving(Plans.Web("web")).Deploy(services: Plans.Web("edge"));
        _world.Until(world => world.Phase == Phase.Baking);
        _world.Command(new Signal.Abort(World.Alice, null));
        _world.Until(world => world.Phase == Phase.RolledBack);
        Assert.Equal(s_old, ListenOf("web"));
    }

    private ListenAddress? ListenOf(string service) => _world.Host.Table!.Services.Single(known => known.Service == service).Listen;

    private (ListenAddress?, ListenAddress?) Served() => (_world.Host.Table!.Services[0].Listen, _world.Host.Table.Services[0].NextListen);

    private static Strategy StrategyOf(StrategyKind kind) => kind switch
    {
        StrategyKind.Rolling => Plans.Rolling,
        StrategyKind.BlueGreen => Plans.BlueGreen,
        _ => Plans.Canary with { Kind = kind },
    };
}
