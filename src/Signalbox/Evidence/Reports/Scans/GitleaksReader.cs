using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Scans;

/// <summary>Gitleaks' JSON: an array of leaks, with capitalised keys since version 8 (https://github.com/gitleaks/gitleaks). The secrets themselves are never kept.</summary>
internal sealed class GitleaksReader(ReportLimits limits) : JsonScanReader(new("gitleaks", limits, FindingKind.Secret))
{
    public override bool Read(JsonCursor json, int pass)
    {
        using var entry = json.Entry();
        var leak = entry.RootElement;
        var rule = leak.Text("RuleID"u8) ?? leak.Text("rule"u8);
        if (rule is null) return false;
        To.Add(To.New(FindingKind.Secret, FindingSeverity.Unknown)
            .Id(rule).Id(leak.Text("Fingerprint"u8))
            .Title(leak.Text("Description"u8) ?? rule)
            .Path(leak.Text("File"u8) ?? leak.Text("file"u8))
            .Line(leak.Whole("StartLine"u8) ?? leak.Whole("lineNumber"u8)));
        return true;
    }
}
