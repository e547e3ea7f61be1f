using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>Reads how a release takes over.</summary>
internal static class StrategyReader
{
    /// <param name="availability">The strictest promise of the services, which the one-sample limit is derived from.</param>
    public static Strategy Read(Section environment, double? availability)
    {
        var canary = DeliveryDefaults.Canary with { Analysis = DeliveryDefaults.Analysis with { Limit = DeliveryDefaults.LimitFor(availability) } };
        var recreate = DeliveryDefaults.Recreate with { Analysis = canary.Analysis };
        return environment.Node("strategy") switch
        {
            null => canary,
            YamlScalar { IsNull: false } name => Named(environment, name, canary, recreate),
            var node => Section.Open(environment.File, Shapes.Strategy, node, "strategy", environment.Shape.Line("strategy")) is { } strategy
                ? Written(strategy, canary, recreate)
                : canary,
        };
    }

    private static Strategy Named(Section environment, YamlScalar name, Strategy canary, Strategy recreate)
    {
        if (Shapes.Strategy.Later.Contains(name.Value))
            environment.File.Error(DeliveryIds.NotYet, $"strategy '{name.Value}' is not run by this version of signalbox yet", name.Span,
                "strategy: canary", "comes later");
        else
            return environment.Choice("strategy", canary, ("canary", canary), ("recreate", recreate));
        return canary;
    }

    private static Strategy Written(Section strategy, Strategy canary, Strategy recreate)
    {
        switch (strategy.OnlyOneOf("canary", "recreate"))
        {
            case "canary": return IsBare(strategy, "canary") ? canary : Canary(strategy, canary);
            case "recreate": return IsBare(strategy, "recreate") ? recreate : Recreate(strategy, recreate);
            default:
                if (!Shapes.Strategy.Later.Any(strategy.Has)) strategy.Missing("canary");
                return canary;
        }
    }

    // `canary:` with nothing after it means `canary: {}`
    private static bool IsBare(Section strategy, string key) => strategy.Node(key) is YamlScalar { IsNull: true };

    private static Strategy Recreate(Section strategy, Strategy defaults) =>
        strategy.Open("recreate", Shapes.Recreate) is not { } section ? defaults : defaults with
        {
            Bake = section.Duration("bake", defaults.Bake, zero: true),
            ProgressDeadline = section.Duration("progressDeadline", defaults.ProgressDeadline),
            LossOfContact = section.Duration("lossOfContact", defaults.LossOfContact),
        };

    private static Strategy Canary(Section strategy, Strategy defaults)
    {
        if (strategy.Open("canary", Shapes.Canary) is not { } section) return defaults;
        var bake = section.Duration("bake", defaults.Bake, zero: true);
        return defaults with
        {
            Steps = StepsReader.Read(section, defaults.Steps),
            Analysis = AnalysisReader.Read(section, defaults.Analysis),
            Bake = bake,
            KeepWarm = KeepWarm(section, bake, defaults.KeepWarm),
            ProgressDeadline = section.Duration("progressDeadline", defaults.ProgressDeadline),
            LossOfContact = section.Duration("lossOfContact", defaults.LossOfContact),
        };
    }

    private static TimeSpan KeepWarm(Section section, TimeSpan bake, TimeSpan fallback)
    {
        var least = bake > fallback ? bake : fallback;
        var keepWarm = section.Duration("keepWarm", least, zero: true);
        if (keepWarm >= bake) return keepWarm;
        section.File.Invalid(section.Node("keepWarm")!, "keepWarm", section.Text("keepWarm") ?? "", "at least bake, so that there is something to go back to",
            $"keepWarm: {section.Text("bake") ?? section.Shape.Example("bake")}");
        return least;
    }
}
