using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Scans;

/// <summary>ZAP's traditional JSON report (https://www.zaproxy.org/docs/desktop/addons/report-generation/report-traditional-json/); GitLab's old DAST report is one too.</summary>
internal sealed class ZapReader(ReportLimits limits) : JsonScanReader(new("zap", limits) { FindingsSayWhat = false })
{
    public override bool Read(JsonCursor json, int pass)
    {
        var known = false;
        foreach (var name in json.Properties())
            if (name == "site")
            {
                known = true;
                ReadSites(json);
            }
            else if (name is "@generated" or "created") To.MadeAt(Values.Time(json.Text()));
        return known;
    }

    private void ReadSites(JsonCursor json)
    {
        if (json.Token == JsonTokenType.StartObject) ReadSite(json);
        else
            foreach (var _ in json.Elements()) ReadSite(json);
    }

    private void ReadSite(JsonCursor json)
    {
        foreach (var name in json.Properties())
            if (name is "@name" or "name") To.About(ReportSubject.From(json.Text()));
            else if (name == "alerts")
                foreach (var _ in json.Elements())
                {
                    using var alert = json.Entry();
                    Add(alert.RootElement);
                }
    }

    private void Add(JsonElement alert)
    {
        var draft = To.New(FindingKind.Code, OfRisk(alert.Text("riskcode"u8)).Or(Severities.Of(alert.Text("riskdesc"u8)?.Split(' ')[0])))
            .Id(alert.Text("pluginid"u8)).Id(alert.Text("alertRef"u8)).Title(alert.Text("name"u8)).Title(alert.Text("alert"u8));
        foreach (var instance in alert.Items("instances"u8)) draft.Path(instance.Text("uri"u8));
        To.Add(draft);
    }

    public static FindingSeverity OfRisk(string? code) => code switch
    {
        "3" => FindingSeverity.High,
        "2" => FindingSeverity.Medium,
        "1" => FindingSeverity.Low,
        "0" => FindingSeverity.Info,
        _ => FindingSeverity.Unknown,
    };
}
