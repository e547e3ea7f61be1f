using System.Globalization;
using System.Text;
using Signalbox.Cli.Terminal;

namespace Signalbox.Cli.Demo;

/// <summary>Who answered over time: a row for each version, a column for each slice of time, and the failures under them.</summary>
internal static class TrafficChart
{
    private const string Levels = "▁▂▃▄▅▆▇█";

    public static string Render(IReadOnlyList<Answer> answers, int width, Paint paint)
    {
        if (answers.Count == 0) return "no requests\n";
        // the clock runs while the first release still starts
        var begin = answers.Min(a => a.At);
        var span = answers.Max(a => a.At) - begin + TimeSpan.FromMilliseconds(1);
        var columns = Math.Clamp(width - 12, 20, 72);
        int Column(Answer answer) => (int)((answer.At - begin) / span * columns);
        var totals = Count(answers, columns, Column);
        var text = new StringBuilder();
        foreach (var version in answers.OrderBy(a => a.At).Select(a => a.Version).Where(v => v.Length > 0).Distinct())
            text.AppendLine($"{version,9} {Row(Count(answers.Where(a => a.Version == version), columns, Column), totals)}");
        text.AppendLine($"{"failures",9} {paint.Bad(Row(Count(answers.Where(a => !a.Good), columns, Column), totals))}");
        return text.AppendLine(Axis(columns, span)).ToString();
    }

    private static int[] Count(IEnumerable<Answer> answers, int columns, Func<Answer, int> column)
    {
        var counts = new int[columns];
        foreach (var answer in answers) counts[column(answer)]++;
        return counts;
    }

    /// <summary>Each cell is a share of all requests of its slice; what is there at all shows.</summary>
    private static string Row(int[] part, int[] whole) => string.Concat(part.Zip(whole, (p, w) =>
        p == 0 ? ' ' : Levels[Math.Clamp((int)Math.Ceiling(p * (double)Levels.Length / w) - 1, 0, Levels.Length - 1)]));

    private static string Axis(int columns, TimeSpan span)
    {
        var last = string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s");
        return $"{"",9} 0{new string('·', Math.Max(1, columns - 1 - last.Length))}{last}";
    }
}
