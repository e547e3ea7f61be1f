using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>Reads how the judge is set.</summary>
internal static class AnalysisReader
{
    /// <param name="shape">What may be said; <see cref="Shapes.Analysis"/> where null.</param>
    public static AnalysisOptions Read(Section strategy, AnalysisOptions defaults, Shape? shape = null)
    {
        if (strategy.Node("analysis") is YamlScalar { AsBoolean: { } enabled }) return defaults with { Enabled = enabled };
        if (strategy.Open("analysis", shape ?? Shapes.Analysis) is not { } section) return defaults;
        var tolerated = section.Number("toleratedRatio", 0.99, 100, defaults.ToleratedRatio);
        var read = defaults with
        {
            Enabled = true,
            Alpha = section.Number("alpha", 0, 0.5, defaults.Alpha),
            ToleratedRatio = tolerated,
            Margin = Margin(section, tolerated, defaults.Margin),
            Beta = section.Number("beta", 0, 0.5, defaults.Beta),
            Limit = section.Share("limit") ?? defaults.Limit,
            AgeLimit = section.Duration("ageLimit", defaults.AgeLimit),
            WarmUp = section.Duration("warmUp", defaults.WarmUp, zero: true),
            Latency = section.Boolean("latency", defaults.Latency),
        };
        return section.Shape == Shapes.Analysis ? Steps(section, read) : read;
    }

    /// <summary>What is said of advancing from step to step.</summary>
    private static AnalysisOptions Steps(Section section, AnalysisOptions read)
    {
        section.Choice("against", 0, ("stable", 0));
        return read with
        {
            MaxStepTime = section.Duration("maxStepTime", read.MaxStepTime),
            OnUndecided = section.Choice("onUndecided", read.OnUndecided, ("hold", OnUndecided.Hold), ("advance", OnUndecided.Advance), ("abort", OnUndecided.Abort)),
            AdvancesOnTime = section.Choice("advance", read.AdvancesOnTime, ("evidence", false), ("time", true)),
        };
    }

    private static double Margin(Section section, double tolerated, double fallback)
    {
        var margin = section.Number("margin", 1, 1000, fallback);
        if (margin > tolerated) return margin;
        var place = section.Has("margin") ? "margin" : "toleratedRatio";
        section.File.Invalid(section.Node(place)!, place, section.Text(place) ?? "", "a margin above toleratedRatio, or no release could ever advance",
            section.Shape.Line("margin"));
        return fallback;
    }
}
