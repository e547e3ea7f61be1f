using Signalbox.Delivery;
using Signalbox.Rollouts;

namespace Signalbox.Tests.Rollouts;

/// <summary>Release plans as deploy would freeze them.</summary>
internal static class Plans
{
    public static readonly AnalysisOptions Analysis = new(
        Enabled: true, Alpha: 0.001, ToleratedRatio: 1.25, Margin: 2.5, Beta: 0.05, Limit: 0.01,
        AgeLimit: TimeSpan.FromSeconds(10), MaxStepTime: TimeSpan.FromMinutes(10), OnUndecided: OnUndecided.Hold, WarmUp: TimeSpan.Zero, Latency: true);

    public static readonly Strategy Canary = new(
        StrategyKind.Canary, [new(Weight.Percent(10), TimeSpan.FromSeconds(10)), new(Weight.Percent(50), TimeSpan.FromSeconds(10))],
        Analysis, Bake: TimeSpan.FromSeconds(30), KeepWarm: TimeSpan.FromMinutes(10), ProgressDeadline: TimeSpan.FromMinutes(5), LossOfContact: TimeSpan.FromSeconds(10));

    public static readonly Strategy Rolling = Canary with
    {
        Kind = StrategyKind.Rolling,
        Steps = [],
        KeepWarm = TimeSpan.Zero,
        Rolling = new(1, null, 1, TimeSpan.Zero),
        Analysis = Analysis with { AdvancesOnTime = true },
    };

    public static readonly Strategy BlueGreen = Canary with
    {
        Kind = StrategyKind.BlueGreen,
        Steps = [],
        BlueGreen = new(new Dictionary<string, ListenAddress> { ["web"] = new("127.0.0.1", 8081) }, null, TimeSpan.Zero),
    };

    public static ServiceConfiguration Web(string name = "web", int instances = 1, int port = 8080) => new(
        name, ServiceKind.Web, ".", ["app"], new Dictionary<string, string>(),
        new("/healthz", false, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), 3, TimeSpan.FromSeconds(30)),
        new("127.0.0.1", port), instances, DataMode.Shared, null, new(), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30));

    public static EnvironmentConfiguration Environment(Strategy? strategy = null, Hook? pre = null, Hook? post = null, params ServiceConfiguration[] services) =>
        new("production", "local", strategy ?? Canary, services.Length > 0 ? services : [Web()], pre, post);

    public static ReleasePlan Plan(int number, EnvironmentConfiguration? configuration = null)
    {
        configuration ??= Environment();
        return new($"shop-{number}", configuration, Artifacts(number, configuration));
    }

    public static Dictionary<string, Digest> Artifacts(int number, EnvironmentConfiguration configuration) =>
        configuration.Services.ToDictionary(service => service.Name, service => Digest.Of(BitConverter.GetBytes(number)));
}
