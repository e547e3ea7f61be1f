using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>Reads the rising weights of a canary.</summary>
internal static class StepsReader
{
    private const int MostSteps = 100;

    public static IReadOnlyList<CanaryStep> Read(Section canary, IReadOnlyList<CanaryStep> fallback)
    {
        if (!canary.Has("steps")) return fallback;
        var nodes = canary.List("steps", MostSteps);
        var read = nodes.Select((n, i) => (Node: n, Step: Step(canary, n, i + 1))).Where(s => s.Step is not null).ToList();
        for (var i = 1; i < read.Count; i++)
            if (read[i].Step!.Weight <= read[i - 1].Step!.Weight) OutOfOrder(canary, read[i].Node, [.. read.Select(s => s.Step!.Weight)], i);
        return [.. read.Select(s => s.Step!)];
    }

    private static void OutOfOrder(Section canary, YamlNode node, IReadOnlyList<Weight> weights, int at)
    {
        var rising = string.Join(", ", weights.Distinct().Order());
        canary.File.Error(DeliveryIds.WeightsOrder, $"step {at + 1} has weight {weights[at]}; expected more than the {weights[at - 1]} of the step before",
            Place(node), $"steps: [{rising}]", "weights must rise");
    }

    private static YamlSpan Place(YamlNode node) => node is YamlMapping map && map.Find("weight") is { } weight ? weight.Value.Span : node.Span;

    private static CanaryStep? Step(Section canary, YamlNode node, int number)
    {
        if (node is YamlScalar scalar) return WeightOf(canary, scalar, number) is { } plain ? new(plain, DeliveryDefaults.StepTime) : null;
        if (Section.Open(canary.File, Shapes.Step, node, $"step {number}", canary.Shape.Line("steps")) is not { } step) return null;
        var manual = step.Choice("pause", false, ("manual", true));
        var time = step.Duration("for", manual ? TimeSpan.Zero : DeliveryDefaults.StepTime, zero: true);
        if (!step.Has("weight")) step.Missing("weight");
        return step.Node("weight") switch
        {
            null => null,
            YamlScalar weight => WeightOf(canary, weight, number) is { } read ? new(read, time, manual) : null,
            var wrong => Wrong(canary, wrong),
        };
    }

    private static CanaryStep? Wrong(Section canary, YamlNode node)
    {
        canary.File.WrongType(node, "weight", "a percentage such as 10%", "weight: 10%");
        return null;
    }

    private static Weight? WeightOf(Section canary, YamlScalar scalar, int number)
    {
        if (Percentages.TryParse(scalar.Value, out var share) && share > 0)
        {
            var weight = Weight.Percent(share * 100);
            if (weight > Weight.Zero) return weight;
        }
        var help = decimal.TryParse(scalar.Value, System.Globalization.CultureInfo.InvariantCulture, out var bare) && bare is > 0 and <= 100
            ? $"steps: [{scalar.Value}%]"
            : canary.Shape.Line("steps");
        canary.File.Invalid(scalar, $"step {number}", scalar.Value, "a percentage from 0.01% to 100%", help);
        return null;
    }
}
