using System.Globalization;
using System.Text.RegularExpressions;
using Signalbox.Evidence.Reports.Xml;

namespace Signalbox.Evidence.Reports.Coverage;

/// <summary>Cobertura's XML (http://cobertura.sourceforge.net/xml/coverage-04.dtd): the root's own totals, else the classes' lines counted.</summary>
internal sealed partial class CoberturaReader
{
    private long _covered;
    private long _total;
    private long _branches;
    private long _branchesTotal;

    public Report Read(XmlCursor xml)
    {
        var lines = Totals.Of(xml["lines-covered"], xml["lines-valid"]);
        var branches = Totals.Of(xml["branches-covered"], xml["branches-valid"]);
        var generated = Values.UnixTime(xml["timestamp"]);
        ReadPackages(xml);
        return new CoverageReport("cobertura", lines ?? Totals.Checked(_covered, _total), branches ?? Totals.Checked(_branches, _branchesTotal)) { GeneratedAt = generated };
    }

    private void ReadPackages(XmlCursor xml)
    {
        foreach (var name in xml.Children())
            if (name == "packages")
                foreach (var _ in xml.Children())
                    foreach (var classes in xml.Children())
                        if (classes == "classes") ReadClasses(xml);
    }

    private void ReadClasses(XmlCursor xml)
    {
        foreach (var _ in xml.Children())
            foreach (var lines in xml.Children())
                if (lines == "lines")
                    foreach (var __ in xml.Children()) Add(xml);
    }

    private void Add(XmlCursor line)
    {
        _total++;
        if (Values.Number(line["hits"]) > 0) _covered++;
        if (Condition().Match(line["condition-coverage"] ?? "") is not { Success: true } condition) return;
        _branches += long.Parse(condition.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        _branchesTotal += long.Parse(condition.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
    }

    /// <summary>"50% (1/2)".</summary>
    [GeneratedRegex(@"\(([0-9]{1,9})/([0-9]{1,9})\)")]
    private static partial Regex Condition();
}
