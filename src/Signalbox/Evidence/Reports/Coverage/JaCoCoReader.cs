using Signalbox.Evidence.Reports.Xml;

namespace Signalbox.Evidence.Reports.Coverage;

/// <summary>JaCoCo's XML (https://www.jacoco.org/jacoco/trunk/coverage/report.dtd): the report's own counters, else those of its packages or groups.</summary>
internal sealed class JaCoCoReader
{
    private readonly Dictionary<string, Covered> _own = [];
    private readonly Dictionary<string, Covered> _parts = [];
    private DateTimeOffset? _generated;

    public Report Read(XmlCursor xml)
    {
        var subject = ReportSubject.From(xml["name"]);
        foreach (var name in xml.Children())
            if (name == "counter") Add(xml, _own);
            else if (name == "sessioninfo") _generated = Values.UnixTime(xml["dump"]);
            else if (name is "package" or "group") ReadPart(xml);
        return new CoverageReport("jacoco", Of("LINE"), Of("BRANCH")) { GeneratedAt = _generated, Subject = subject };
    }

    private Covered Of(string type) => _own.TryGetValue(type, out var own) ? own : _parts.GetValueOrDefault(type);

    private void ReadPart(XmlCursor xml)
    {
        foreach (var name in xml.Children())
            if (name == "counter") Add(xml, _parts);
    }

    private static void Add(XmlCursor counter, Dictionary<string, Covered> to)
    {
        if (counter["type"] is not { } type || Values.Count(counter["covered"]) is not { } covered || Values.Count(counter["missed"]) is not { } missed) return;
        var before = to.GetValueOrDefault(type);
        to[type] = Totals.Checked(checked(before.Count + covered), checked(before.Total + covered + missed));
    }
}
