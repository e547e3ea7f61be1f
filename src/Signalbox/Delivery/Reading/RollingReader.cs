using System.Globalization;
using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>Reads how a rolling release replaces instances.</summary>
internal static class RollingReader
{
    public static Strategy Read(Section rolling, Strategy defaults)
    {
        var pace = defaults.Rolling!;
        var (instances, share) = Batch(rolling, pace);
        var (pause, manual) = StrategyReader.Pause(rolling, pace.Pause);
        return StrategyReader.Times(rolling, defaults) with
        {
            Rolling = new(instances, share, rolling.Integer("surge", 1, 1000, pace.Surge), pause, manual),
            Analysis = AnalysisReader.Read(rolling, defaults.Analysis),
        };
    }

    private static (int?, Weight?) Batch(Section rolling, RollingPace fallback)
    {
        const string Expected = "a number of instances from 1 to 1000, or a share such as 25%";
        switch (rolling.Node("batch"))
        {
            case null: return (fallback.BatchInstances, fallback.BatchShare);
            case YamlScalar { IsNull: false } number when int.TryParse(number.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var instances) && instances is >= 1 and <= 1000:
                return (instances, null);
            case YamlScalar { IsNull: false } percentage when Percentages.TryParse(percentage.Value, out var share) && Weight.Percent(share * 100) is var weight && weight > Weight.Zero:
                return (null, weight);
            case YamlScalar { IsNull: false } text:
                rolling.File.Invalid(text, "batch", text.Value, Expected, rolling.Shape.Line("batch"));
                break;
            case var node:
                rolling.File.WrongType(node, "batch", Expected, rolling.Shape.Line("batch"));
                break;
        }
        return (fallback.BatchInstances, fallback.BatchShare);
    }
}
