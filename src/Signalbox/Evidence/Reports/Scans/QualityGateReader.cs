using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Scans;

/// <summary>SonarQube's api/qualitygates/project_status.</summary>
internal sealed class QualityGateReader : JsonReportReader
{
    private QualityGateReport? _report;

    public override bool Read(JsonCursor json, int pass)
    {
        foreach (var name in json.Properties())
            if (name == "projectStatus")
            {
                using var status = json.Entry();
                _report = Read(status.RootElement);
            }
        return _report is not null;
    }

    public override Report Done() => _report ?? throw new ReportRefusedException("there is no projectStatus");

    private QualityGateReport Read(JsonElement status)
    {
        if (_report is not null) throw new ReportRefusedException("there is more than one projectStatus");
        if (status.Text("status"u8) is not { } word) throw new ReportRefusedException("projectStatus has no status");
        return new("sonarqube", word, [.. status.Items("conditions"u8).Select(Condition)]);
    }

    private static QualityGateCondition Condition(JsonElement condition) => new(
        condition.Text("metricKey"u8) ?? "", condition.Text("status"u8) ?? "", condition.Text("comparator"u8),
        condition.Text("errorThreshold"u8), condition.Text("actualValue"u8));
}
