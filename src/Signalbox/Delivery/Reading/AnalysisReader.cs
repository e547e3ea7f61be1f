using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>Reads how the judge is set.</summary>
internal static class AnalysisReader
{
    public static AnalysisOptions Read(Section canary, AnalysisOptions defaults)
    {
        if (canary.Node("analysis") is YamlScalar { AsBoolean: { } enabled }) return defaults with { Enabled = enabled };
        if (canary.Open("analysis", Shapes.Analysis) is not { } section) return defaults;
        section.Choice("against", 0, ("stable", 0));
        var tolerated = section.Number("toleratedRatio", 0.99, 100, defaults.ToleratedRatio);
        return new(
            true,
            section.Number("alpha", 0, 0.5, defaults.Alpha),
            tolerated,
            Margin(section, tolerated, defaults.Margin),
            section.Number("beta", 0, 0.5, defaults.Beta),
            section.Share("limit") ?? defaults.Limit,
            section.Duration("ageLimit", defaults.AgeLimit),
            section.Duration("maxStepTime", defaults.MaxStepTime),
            section.Choice("onUndecided", defaults.OnUndecided, ("hold", OnUndecided.Hold), ("advance", OnUndecided.Advance), ("abort", OnUndecided.Abort)),
            section.Duration("warmUp", defaults.WarmUp, zero: true),
            section.Boolean("latency", defaults.Latency));
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
