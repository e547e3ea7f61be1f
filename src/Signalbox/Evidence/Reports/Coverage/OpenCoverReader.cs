using Signalbox.Evidence.Reports.Xml;

namespace Signalbox.Evidence.Reports.Coverage;

/// <summary>OpenCover's XML (https://github.com/OpenCover/opencover): the session's own summary, else the points of all methods counted.</summary>
internal sealed class OpenCoverReader
{
    private Covered? _lines;
    private Covered? _branches;
    private long _points;
    private long _visited;
    private long _branchPoints;
    private long _branchVisited;

    public Report Read(XmlCursor xml)
    {
        foreach (var name in xml.Children())
            if (name == "Summary") ReadSummary(xml);
            else if (name == "Modules")
                foreach (var _ in xml.Children()) ReadModule(xml);
        return new CoverageReport("opencover", _lines ?? Totals.Checked(_visited, _points), _branches ?? Totals.Checked(_branchVisited, _branchPoints));
    }

    /// <summary>Several sessions under one root, as merging tools write them: no total is stated for all, so all points are counted.</summary>
    public Report ReadSeveral(XmlCursor xml)
    {
        var any = false;
        foreach (var name in xml.Children())
        {
            if (name != "CoverageSession") throw new ReportRefusedException($"no known report begins with <root> and then <{name}>");
            any = true;
            foreach (var part in xml.Children())
                if (part == "Modules")
                    foreach (var _ in xml.Children()) ReadModule(xml);
        }
        if (!any) throw new ReportRefusedException("no known report begins with <root> alone");
        return new CoverageReport("opencover", Totals.Checked(_visited, _points), Totals.Checked(_branchVisited, _branchPoints));
    }

    private void ReadSummary(XmlCursor xml)
    {
        _lines = Totals.Of(xml["visitedSequencePoints"], xml["numSequencePoints"]);
        _branches = Totals.Of(xml["visitedBranchPoints"], xml["numBranchPoints"]);
    }

    private void ReadModule(XmlCursor xml)
    {
        foreach (var name in xml.Children())
            if (name == "Classes")
                foreach (var _ in xml.Children())
                    foreach (var methods in xml.Children())
                        if (methods == "Methods")
                            foreach (var __ in xml.Children()) ReadMethod(xml);
    }

    private void ReadMethod(XmlCursor xml)
    {
        foreach (var name in xml.Children())
            if (name == "SequencePoints")
                foreach (var _ in xml.Children()) Count(xml, ref _points, ref _visited);
            else if (name == "BranchPoints")
                foreach (var _ in xml.Children()) Count(xml, ref _branchPoints, ref _branchVisited);
    }

    private static void Count(XmlCursor point, ref long all, ref long visited)
    {
        all++;
        if (Values.Number(point["vc"]) > 0) visited++;
    }
}
