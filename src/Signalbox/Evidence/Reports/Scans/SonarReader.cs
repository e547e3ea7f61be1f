using System.Globalization;
using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Scans;

/// <summary>SonarQube's issues and hotspots, from its web API (api/issues/search, api/hotspots/search) or as the sonar-report tool gathers them.</summary>
internal sealed class SonarReader(ReportLimits limits) : JsonScanReader(new("sonarqube", limits, FindingKind.Code))
{
    private readonly Dictionary<string, string> _files = [];
    private int _entries;
    private int _stated;

    /// <summary>The components, which name the files, stand behind the issues.</summary>
    public override int Passes => 2;

    public override bool Read(JsonCursor json, int pass)
    {
        var known = false;
        foreach (var name in json.Properties())
        {
            known |= name is "issues" or "hotspots";
            if (pass == 1) Look(json, name);
            else if (name == "issues") ReadAll(json, AddIssue);
            else if (name == "hotspots") ReadAll(json, AddHotspot);
        }
        if (pass == 2 && _entries < _stated) To.Incomplete = $"the report holds {_entries} of {_stated} entries; read all pages";
        return known;
    }

    private void Look(JsonCursor json, string name)
    {
        switch (name)
        {
            case "components":
                ReadAll(json, AddFile, counted: false);
                break;
            case "paging":
                using (var paging = json.Entry()) _stated += paging.RootElement.Whole("total"u8) ?? 0;
                break;
            case "projectName":
                To.About(ReportSubject.From(json.Text()));
                break;
            case "date":
                To.MadeAt(Values.Time(json.Text()));
                break;
            default:
                break;
        }
    }

    private void ReadAll(JsonCursor json, Action<JsonElement> add, bool counted = true)
    {
        foreach (var _ in json.Elements())
        {
            using var entry = json.Entry();
            add(entry.RootElement);
            if (counted) _entries++;
        }
    }

    private void AddFile(JsonElement component)
    {
        if (component.Text("key"u8) is { } key && (component.Text("path"u8) ?? component.Text("longName"u8)) is { } path) _files.TryAdd(key, path);
    }

    private void AddIssue(JsonElement entry)
    {
        if (entry.Text("rule"u8) is not { } rule) throw new ReportRefusedException("an issue has no rule");
        var severity = Severities.OfSonar(entry.Text("severity"u8));
        foreach (var impact in entry.Items("impacts"u8)) severity = severity.Or(Severities.OfSonar(impact.Text("severity"u8)));
        var set = entry.Text("resolution"u8) ?? entry.Text("issueStatus"u8) ?? entry.Text("status"u8);
        Add(entry, severity, rule, set is "FALSE-POSITIVE" or "FALSE_POSITIVE" or "WONTFIX" or "ACCEPTED" or "FIXED" or "REMOVED" or "SAFE" or "RESOLVED" or "CLOSED" ? set : null);
    }

    private void AddHotspot(JsonElement entry)
    {
        var set = entry.Text("status"u8) == "REVIEWED" ? entry.Text("resolution"u8) : null;
        var rule = entry.Text("ruleKey"u8) ?? entry.Text("rule"u8) ?? entry.Text("securityCategory"u8);
        Add(entry, Severities.Of(entry.Text("vulnerabilityProbability"u8)), rule, set is "FIXED" or "SAFE" or "ACKNOWLEDGED" ? set : null);
    }

    private void Add(JsonElement entry, FindingSeverity severity, string? rule, string? set)
    {
        var component = entry.Text("component"u8);
        To.Add(To.New(FindingKind.Code, severity)
            .Id(rule).Id(entry.Text("key"u8)).Title(entry.Text("message"u8)).Title(entry.Text("description"u8))
            .Path(component is null ? null : _files.GetValueOrDefault(component)).Path(component?[(component.IndexOf(':', StringComparison.Ordinal) + 1)..]).Path(component)
            .Line(entry.Whole("line"u8) ?? entry.At("textRange"u8).Whole("startLine"u8))
            .SetAside(set is null ? null : string.Create(CultureInfo.InvariantCulture, $"SonarQube: {set}")));
    }
}
