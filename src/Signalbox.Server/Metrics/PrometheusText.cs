using System.Globalization;
using System.Text;

namespace Signalbox.Server.Metrics;

/// <summary>The text exposition format 0.0.4 (prometheus.io, "Exposition formats").</summary>
internal static class PrometheusText
{
    public const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>No family grows past this, whatever its labels come to: a monitoring system pays for every series.</summary>
    public const int MostSeries = 1000;

    /// <summary>Families without a sample are left out: a number that is not known is not there, never NaN.</summary>
    public static string Write(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (var family in families)
        {
            var samples = family.Samples.Where(sample => double.IsFinite(sample.Value)).Take(MostSeries).ToList();
            if (samples.Count == 0) continue;
            text.Append($"# HELP {family.Name} {Escaped(family.Help, quotes: false)}\n# TYPE {family.Name} {(family.Kind == MetricKind.Counter ? "counter" : "gauge")}\n");
            foreach (var sample in samples) text.Append(family.Name).Append(Labels(sample)).Append(' ').Append(sample.Value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        }
        return text.ToString();
    }

    private static string Labels(MetricSample sample) =>
        sample.Labels.Count == 0 ? "" : $"{{{string.Join(',', sample.Labels.Select(label => $"{label.Name}=\"{Escaped(label.Value, quotes: true)}\""))}}}";

    /// <summary>Cut at 128 characters, so that a name from outside cannot fill a page.</summary>
    private static string Escaped(string value, bool quotes)
    {
        var text = new StringBuilder(value.Length);
        foreach (var c in quotes && value.Length > 128 ? value[..128] : value)
            text.Append(c switch
            {
                '\\' => "\\\\",
                '\n' => "\\n",
                '"' when quotes => "\\\"",
                _ when char.IsSurrogate(c) || (char.IsControl(c) && c != '\t') => "?",
                _ => c.ToString(),
            });
        return text.ToString();
    }
}
