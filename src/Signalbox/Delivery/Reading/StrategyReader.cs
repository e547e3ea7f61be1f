using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>Reads how a release takes over.</summary>
internal static class StrategyReader
{
    /// <param name="services">As the environment has them: their promises set the judge's limit, their kinds the pace.</param>
    public static Strategy Read(Section environment, IReadOnlyList<ServiceConfiguration> services)
    {
        var defaults = new StrategyDefaults(services);
        return environment.Node("strategy") switch
        {
            null => defaults.Canary,
            YamlScalar { IsNull: false } => environment.Choice("strategy", defaults.Canary,
                ("canary", defaults.Canary), ("rolling", defaults.Rolling), ("blueGreen", defaults.BlueGreen), ("recreate", defaults.Recreate)),
            var node => Section.Open(environment.File, Shapes.Strategy, node, "strategy", environment.Shape.Line("strategy")) is { } strategy
                ? Written(strategy, defaults)
                : defaults.Canary,
        };
    }

    private static Strategy Written(Section strategy, StrategyDefaults defaults)
    {
        switch (strategy.OnlyOneOf("canary", "rolling", "blueGreen", "recreate"))
        {
            case "canary": return Open(strategy, "canary", Shapes.Canary, defaults.Canary, Canary);
            case "rolling": return Open(strategy, "rolling", Shapes.Rolling, defaults.Rolling, RollingReader.Read);
            case "blueGreen": return Open(strategy, "blueGreen", Shapes.BlueGreen, defaults.BlueGreen, (section, fallback) => BlueGreenReader.Read(section, fallback, defaults.Services));
            case "recreate": return Open(strategy, "recreate", Shapes.Recreate, defaults.Recreate, Times);
            default:
                strategy.Missing("canary");
                return defaults.Canary;
        }
    }

    // `canary:` with nothing after it means `canary: {}`
    private static Strategy Open(Section strategy, string key, Shape shape, Strategy defaults, Func<Section, Strategy, Strategy> read) =>
        strategy.Node(key) is YamlScalar { IsNull: true } || strategy.Open(key, shape) is not { } section ? defaults : read(section, defaults);

    private static Strategy Canary(Section section, Strategy defaults)
    {
        var canary = KeptWarm(section, Times(section, defaults)) with
        {
            Steps = StepsReader.Read(section, defaults.Steps),
            Analysis = AnalysisReader.Read(section, defaults.Analysis),
        };
        WarnOfLateSteps(section, canary);
        return canary;
    }

    /// <summary>Past <c>maxStepTime</c> a step without enough evidence is undecided, for however long it was to last.</summary>
    private static void WarnOfLateSteps(Section section, Strategy canary)
    {
        var longest = canary.Steps.Select(step => step.For).DefaultIfEmpty().Max();
        if (canary.Analysis is not { Enabled: true, AdvancesOnTime: false } analysis || longest <= analysis.MaxStepTime) return;
        section.File.Warn(DeliveryIds.StepCutShort,
            $"a step lasts {Durations.Text(longest)}, but what it saw is undecided from {Durations.Text(analysis.MaxStepTime)} on; expected a maxStepTime that is no shorter",
            (section.Node("steps") ?? section.Node("analysis"))!.Span, $"analysis: {{ maxStepTime: {Durations.Text(longest)} }}", "onUndecided may decide before its time is over");
    }

    /// <summary>What every strategy may say.</summary>
    public static Strategy Times(Section section, Strategy defaults) => defaults with
    {
        Bake = section.Duration("bake", defaults.Bake, zero: true),
        ProgressDeadline = section.Duration("progressDeadline", defaults.ProgressDeadline),
        LossOfContact = section.Duration("lossOfContact", defaults.LossOfContact, least: ReleaseRules.LeastLossOfContact),
    };

    /// <summary>For how long the old release is there to go back to: at least while the new one is judged alone.</summary>
    public static Strategy KeptWarm(Section section, Strategy strategy)
    {
        var least = strategy.Bake > strategy.KeepWarm ? strategy.Bake : strategy.KeepWarm;
        var keepWarm = section.Duration("keepWarm", least, zero: true);
        if (keepWarm >= strategy.Bake) return strategy with { KeepWarm = keepWarm };
        section.File.Invalid(section.Node("keepWarm")!, "keepWarm", section.Text("keepWarm") ?? "", "at least bake, so that there is something to go back to",
            $"keepWarm: {section.Text("bake") ?? section.Shape.Example("bake")}");
        return strategy with { KeepWarm = least };
    }

    /// <summary><c>manual</c>, or the least time that is waited.</summary>
    public static (TimeSpan Time, bool Manual) Pause(Section section, TimeSpan fallback)
    {
        switch (section.Node("pause"))
        {
            case null: return (fallback, false);
            case YamlScalar { Value: "manual" }: return (TimeSpan.Zero, true);
            case YamlScalar { IsNull: false } text when Durations.TryParse(text.Value, out var time): return (time, false);
            case YamlScalar { IsNull: false } text:
                section.File.Invalid(text, "pause", text.Value, "manual, or a duration such as 30s", section.Shape.Line("pause"));
                return (fallback, false);
            case var node:
                section.File.WrongType(node, "pause", "manual, or a duration such as 30s", section.Shape.Line("pause"));
                return (fallback, false);
        }
    }
}

/// <summary>The strategies as they are where nothing is said of them.</summary>
internal sealed class StrategyDefaults(IReadOnlyList<ServiceConfiguration> services)
{
    private readonly AnalysisOptions _analysis = DeliveryDefaults.Analysis with
    {
        Limit = DeliveryDefaults.LimitFor(services.Where(s => s.Kind == ServiceKind.Web).Max(s => s.Objective.Availability)),
    };

    public IReadOnlyList<ServiceConfiguration> Services => services;

    public Strategy Canary => DeliveryDefaults.Canary with { Analysis = _analysis };

    public Strategy Recreate => DeliveryDefaults.Recreate with { Analysis = _analysis };

    /// <summary>A worker shows only by living on that it is fit: where there is one, a batch is given time for that.</summary>
    public Strategy Rolling => DeliveryDefaults.Rolling with
    {
        Analysis = _analysis with { AdvancesOnTime = true },
        Rolling = DeliveryDefaults.Rolling.Rolling! with { Pause = services.Any(s => s.Kind == ServiceKind.Worker) ? DeliveryDefaults.StepTime : TimeSpan.Zero },
    };

    public Strategy BlueGreen => DeliveryDefaults.BlueGreen with { Analysis = _analysis };
}
