using System.Text;

namespace Signalbox.Evidence.Reports.Coverage;

/// <summary>
/// LCOV's tracefile (geninfo(1)): for each section its own totals LF, LH, BRF and BRH, else its DA and BRDA records counted.
/// </summary>
internal sealed class LcovReader(ReportLimits limits)
{
    private const int MaxLine = 64 << 10;
    private long _covered;
    private long _total;
    private long _branches;
    private long _branchesTotal;
    private Section _section = new();

    public Report Read(Stream stream)
    {
        using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true, bufferSize: 64 << 10, leaveOpen: true);
        var any = false;
        foreach (var line in Lines(reader)) any |= Take(line);
        if (!any) throw new ReportRefusedException("no record ends with end_of_record");
        if (_section.Open) throw new ReportRefusedException("the last record does not end with end_of_record");
        return new CoverageReport("lcov", Totals.Checked(_covered, _total), Totals.Checked(_branches, _branchesTotal));
    }

    /// <summary>Whether the text that begins so is LCOV's.</summary>
    public static bool Fits(string start) =>
        start.StartsWith("TN:", StringComparison.Ordinal) || start.StartsWith("SF:", StringComparison.Ordinal);

    private static IEnumerable<string> Lines(StreamReader reader)
    {
        var line = new StringBuilder();
        for (int c; (c = reader.Read()) >= 0;)
            if (c == '\n')
            {
                yield return line.ToString().TrimEnd('\r');
                line.Clear();
            }
            else if (line.Length < MaxLine) line.Append((char)c);
            else throw new ReportRefusedException($"a line is longer than {MaxLine} characters");
        if (line.Length > 0) yield return line.ToString();
    }

    private bool Take(string line)
    {
        if (line.StartsWith("end_of_record", StringComparison.Ordinal))
        {
            End();
            return true;
        }
        if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon) _section.Take(line[..colon], line[(colon + 1)..], limits.MaxItems);
        return false;
    }

    private void End()
    {
        var (lines, branches) = _section.Sum();
        checked
        {
            _covered += lines.Count;
            _total += lines.Total;
            _branches += branches.Count;
            _branchesTotal += branches.Total;
        }
        _section = new();
    }

    private sealed class Section
    {
        private readonly Dictionary<string, bool> _lines = [];
        private readonly Dictionary<string, string> _totals = [];
        private long _branches;
        private long _taken;

        /// <summary>Something was read that the section's end has to confirm.</summary>
        public bool Open { get; private set; }

        public void Take(string kind, string value, int maxItems)
        {
            Open |= kind is "SF" or "DA";
            if (kind == "DA") TakeLine(value, maxItems);
            else if (kind == "BRDA")
            {
                _branches++;
                if (value.Split(',') is [.., var taken] && Values.Number(taken) > 0) _taken++;
            }
            else if (kind is "LF" or "LH" or "BRF" or "BRH") _totals[kind] = value.Trim();
        }

        public (Covered Lines, Covered Branches) Sum() => (
            Totals.Of(_totals.GetValueOrDefault("LH"), _totals.GetValueOrDefault("LF")) ?? new(_lines.Count(line => line.Value), _lines.Count),
            Totals.Of(_totals.GetValueOrDefault("BRH"), _totals.GetValueOrDefault("BRF")) ?? new(_taken, _branches));

        /// <summary>"line,hits[,checksum]"; a line may come twice, once for each instance of a template.</summary>
        private void TakeLine(string value, int maxItems)
        {
            if (value.Split(',') is not [var number, var hits, ..]) return;
            if (_lines.Count >= maxItems) throw new ReportRefusedException($"a section has more than {maxItems} lines");
            _lines[number] = _lines.GetValueOrDefault(number) || Values.Number(hits) > 0;
        }
    }
}
