using System.Globalization;
using Signalbox.Api;

namespace Signalbox.Cli.Terminal;

/// <summary>The five keys and the five principles for people: the number, its target, its trend, and what it was made from.</summary>
internal static class DoraText
{
    private const string Steps = "▁▂▃▄▅▆▇█";

    public static IEnumerable<string> Lines(DoraView view, Paint paint)
    {
        yield return $"{paint.Bold($"{view.Application ?? "all applications"} in {view.Environment}")}, {Day(view.From)} to {Day(view.To)} UTC";
        yield return "";
        foreach (var key in view.Keys)
        {
            yield return $"{key.Title,-32} {Colored(key.Target?.Met, $"{key.Text,-14}", paint)} {Mark(key.Target?.Met, paint)} {key.Target?.Text ?? "no target set",-16} {Trend(key.Trend)}";
            yield return paint.Dim($"    {key.How}: {key.Definition}");
        }
        yield return "";
        foreach (var principle in view.Principles)
        {
            yield return $"{principle.Title,-32} {Colored(principle.Met, $"{Percent(principle.Share),-14}", paint)} {Mark(principle.Met, paint)}";
            foreach (var part in principle.Parts)
                yield return paint.Dim(string.Create(CultureInfo.InvariantCulture, $"    {part.Name}: {Percent(part.Share)} ({part.Numerator} of {part.Denominator} {part.How})"));
        }
        yield return "";
        yield return paint.Dim($"computed from the ledger up to {view.LedgerHead}");
    }

    private static string Colored(bool? met, string text, Paint paint) => met switch
    {
        true => paint.Good(text),
        false => paint.Bad(text),
        null => text,
    };

    private static string Mark(bool? met, Paint paint) => met switch
    {
        true => paint.Good("met   "),
        false => paint.Bad("missed"),
        null => "      ",
    };

    /// <summary>Truncated, never rounded up: 99.96 % is not 100 %.</summary>
    private static string Percent(double? share) => share is { } seen
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor((decimal)seen * 100_000) / 1000:0.###} %")
        : "no data";

    /// <summary>One column a week, the newest last, against the highest; a point where a week has no data.</summary>
    private static string Trend(IReadOnlyList<DoraBucketView> weeks)
    {
        var highest = weeks.Max(week => week.Value) ?? 0;
        return string.Concat(weeks.Select(week => week.Value is not { } value ? '·' : highest <= 0 ? Steps[0] : Steps[Math.Clamp((int)Math.Ceiling(value / highest * Steps.Length) - 1, 0, Steps.Length - 1)]));
    }

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
