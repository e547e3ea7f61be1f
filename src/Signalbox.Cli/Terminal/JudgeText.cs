using System.Globalization;
using Signalbox.Analysis;

namespace Signalbox.Cli.Terminal;

/// <summary>The judge's evidence as a bar against the boundary where it takes a release back.</summary>
internal static class JudgeText
{
    private const int Cells = 20;

    public static string Line(JudgeReport report, Paint paint)
    {
        var against = Share(report.LogE, report.LogThreshold);
        var bar = TrackText.Bar(against, Cells);
        var coloured = against >= 1 ? paint.Bad(bar) : against >= 0.5 ? paint.Warn(bar) : bar;
        return string.Create(CultureInfo.InvariantCulture,
            $"judge   against {coloured}│ {Math.Max(0, against):P0} of the boundary · for {Math.Clamp(Share(report.LogPromote, report.LogPromoteThreshold), 0, 1):P0} · {report.Verdict}: {report.Explanation}");
    }

    private static double Share(double log, double threshold) =>
        threshold > 0 && double.IsFinite(log) ? log / threshold : double.IsPositiveInfinity(log) ? 1 : 0;
}
