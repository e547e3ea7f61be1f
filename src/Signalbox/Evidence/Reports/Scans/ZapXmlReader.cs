using System.Xml.Linq;
using Signalbox.Evidence.Reports.Xml;

namespace Signalbox.Evidence.Reports.Scans;

/// <summary>ZAP's traditional XML report, plain or "plus" (https://www.zaproxy.org/docs/desktop/addons/report-generation/report-traditional-xml/).</summary>
internal sealed class ZapXmlReader(ReportLimits limits)
{
    private readonly ScanBuilder _to = new("zap", limits) { FindingsSayWhat = false };

    public Report Read(XmlCursor xml)
    {
        _to.MadeAt(Values.Time(xml["generated"]));
        foreach (var name in xml.Children())
            if (name == "site") ReadSite(xml);
        return _to.Done();
    }

    private void ReadSite(XmlCursor xml)
    {
        _to.About(ReportSubject.From(xml["name"]));
        foreach (var name in xml.Children())
            if (name == "alerts")
                foreach (var item in xml.Children())
                    if (item == "alertitem") Add(xml.Entry());
    }

    private void Add(XElement alert)
    {
        var draft = _to.New(FindingKind.Code, ZapReader.OfRisk(alert.Text("riskcode")).Or(Severities.Of(alert.Text("riskdesc")?.Split(' ')[0])))
            .Id(alert.Text("pluginid")).Id(alert.Text("alertRef")).Title(alert.Text("name")).Title(alert.Text("alert")).Path(alert.Text("uri"));
        foreach (var instance in alert.Children("instances", "instance")) draft.Path(instance.Text("uri"));
        _to.Add(draft);
    }
}
