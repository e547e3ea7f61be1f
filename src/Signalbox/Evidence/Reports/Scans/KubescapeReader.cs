using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Scans;

/// <summary>Kubescape's JSON, format v2 (https://kubescape.io/docs/): one finding for each control that failed on a resource.</summary>
internal sealed class KubescapeReader(ReportLimits limits) : JsonScanReader(new("kubescape", limits, FindingKind.Misconfiguration))
{
    private readonly Dictionary<string, FindingSeverity> _severities = [];
    private readonly Dictionary<string, string> _files = [];

    /// <summary>Controls' weights and resources' files stand before the results in some versions, behind them in others.</summary>
    public override int Passes => 2;

    public override bool Read(JsonCursor json, int pass)
    {
        var known = false;
        foreach (var name in json.Properties())
        {
            known |= name is "results" or "summaryDetails";
            if (name == "results" && pass == 2) ReadAll(json, AddFailed);
            else if (name == "resources" && pass == 1) ReadAll(json, AddFile);
            else if (name == "summaryDetails" && pass == 1) ReadSummary(json);
            else if (name == "generationTime") To.MadeAt(Values.Time(json.Text()));
            else if (name == "clusterName") To.About(ReportSubject.From(json.Text()));
        }
        return known;
    }

    private static void ReadAll(JsonCursor json, Action<JsonElement> add)
    {
        foreach (var _ in json.Elements())
        {
            using var entry = json.Entry();
            add(entry.RootElement);
        }
    }

    private void ReadSummary(JsonCursor json)
    {
        foreach (var name in json.Properties())
            if (name == "controls")
                foreach (var id in json.Properties())
                {
                    using var control = json.Entry();
                    _severities[id] = OfFactor(control.RootElement.Number("scoreFactor"u8));
                }
    }

    /// <summary>Kubescape's own bands: from 9, 7, 4 and 1.</summary>
    private static FindingSeverity OfFactor(double? factor) => factor switch
    {
        null => FindingSeverity.Unknown,
        >= 9 => FindingSeverity.Critical,
        >= 7 => FindingSeverity.High,
        >= 4 => FindingSeverity.Medium,
        >= 1 => FindingSeverity.Low,
        _ => FindingSeverity.Unknown,
    };

    private void AddFile(JsonElement resource)
    {
        if (resource.Text("resourceID"u8) is { } id && resource.At("source"u8).Text("relativePath"u8) is { } path) _files[id] = path;
    }

    private void AddFailed(JsonElement result)
    {
        var resource = result.Text("resourceID"u8);
        foreach (var control in result.Items("controls"u8))
            if (Failed(control)) Add(control, resource);
    }

    private static bool Failed(JsonElement control)
    {
        if ((control.At("status"u8).Text("status"u8) ?? control.Text("status"u8)) is { } status) return status == "failed";
        foreach (var rule in control.Items("rules"u8))
            if (rule.Text("status"u8) == "failed") return true;
        return false;
    }

    private void Add(JsonElement control, string? resource)
    {
        var id = control.Text("controlID"u8);
        var severity = Severities.Of(control.Text("severity"u8)).Or(id is null ? FindingSeverity.Unknown : _severities.GetValueOrDefault(id));
        To.Add(To.New(FindingKind.Misconfiguration, severity)
            .Id(id).Title(control.Text("name"u8)).Path(resource is null ? null : _files.GetValueOrDefault(resource)).Path(resource));
    }
}
