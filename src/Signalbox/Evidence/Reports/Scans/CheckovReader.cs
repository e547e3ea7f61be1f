using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Scans;

/// <summary>Checkov's JSON (https://www.checkov.io/2.Basics/Reviewing%20Scan%20Results.html): the failed checks of one framework, or of an array of them.</summary>
internal sealed class CheckovReader(ReportLimits limits) : JsonScanReader(new("checkov", limits, FindingKind.Misconfiguration))
{
    public override bool Read(JsonCursor json, int pass)
    {
        var known = false;
        foreach (var name in json.Properties())
        {
            // where nothing was found to check, the summary is all there is
            known |= name is "check_type" or "results" or "checkov_version";
            if (name == "results") ReadResults(json);
        }
        return known;
    }

    private void ReadResults(JsonCursor json)
    {
        foreach (var name in json.Properties())
            if (name == "failed_checks")
                foreach (var _ in json.Elements())
                {
                    using var check = json.Entry();
                    Add(check.RootElement);
                }
            else if (name == "parsing_errors")
                foreach (var _ in json.Elements()) To.Incomplete = "Checkov could not parse some files (parsing_errors)";
    }

    private void Add(JsonElement check)
    {
        var details = check.At("vulnerability_details"u8);
        var vulnerable = details.ValueKind == JsonValueKind.Object;
        var draft = To.New(vulnerable ? FindingKind.Vulnerability : FindingKind.Misconfiguration, Severities.Of(check.Text("severity"u8)).Or(Severities.Of(details.Text("severity"u8))))
            .Id(check.Text("check_id"u8)).Id(check.Text("bc_check_id"u8)).Id(details.Text("id"u8))
            .Title(check.Text("check_name"u8)).Title(check.Text("resource"u8))
            .Package(details.Text("package_name"u8)).Version(details.Text("package_version"u8)).FixedIn(details.Texts("fix_versions"u8))
            .Path(check.Text("file_path"u8)).Path(check.Text("repo_file_path"u8)).Path(check.Text("file_abs_path"u8));
        To.Add(draft.Line(check.Items("file_line_range"u8).Select(line => line.Whole()).FirstOrDefault()));
    }
}
