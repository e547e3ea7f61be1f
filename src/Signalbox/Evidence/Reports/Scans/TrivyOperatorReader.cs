using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Scans;

/// <summary>
/// The custom resources of the Trivy operator (https://aquasecurity.github.io/trivy-operator/latest/docs/crds/): one, a list
/// of them, or an object with a list for each kind. Its SBOM reports have components and no findings.
/// </summary>
internal sealed class TrivyOperatorReader(ReportLimits limits) : JsonScanReader(new("trivy-operator", limits))
{
    private const string Group = ".aquasecurity.github.io";

    public override bool Read(JsonCursor json, int pass)
    {
        var known = false;
        foreach (var name in json.Properties())
            switch (name)
            {
                case "kind":
                    known |= json.Text() is { } kind && (kind.EndsWith("Report", StringComparison.Ordinal) || kind.EndsWith("List", StringComparison.Ordinal));
                    break;
                case "report":
                    ReadReport(json);
                    break;
                case "status":
                    ReadStatus(json);
                    break;
                default:
                    known |= ReadLists(json, name);
                    break;
            }
        return known;
    }

    private bool ReadLists(JsonCursor json, string name)
    {
        if (name != "items" && !name.EndsWith(Group, StringComparison.Ordinal)) return false;
        foreach (var _ in json.Elements())
            if (!Read(json, 1)) throw new ReportRefusedException($"an element of {name} is no report of the operator");
        return true;
    }

    private void ReadReport(JsonCursor json)
    {
        foreach (var name in json.Properties())
            switch (name)
            {
                case "updateTimestamp":
                    To.MadeAt(Values.Time(json.Text()));
                    break;
                case "artifact":
                    using (var artifact = json.Entry())
                        To.About(ReportSubject.From(artifact.RootElement.Text("repository"u8), artifact.RootElement.Text("digest"u8)));
                    break;
                case "vulnerabilities" or "checks" or "secrets":
                    ReadList(json, name);
                    break;
                default:
                    break;
            }
    }

    private void ReadList(JsonCursor json, string list)
    {
        foreach (var _ in json.Elements())
        {
            using var entry = json.Entry();
            if (list == "vulnerabilities") AddVulnerability(entry.RootElement);
            else if (list == "checks") AddCheck(entry.RootElement, null);
            else AddSecret(entry.RootElement);
        }
    }

    private void AddVulnerability(JsonElement entry) => To.Add(New(FindingKind.Vulnerability, entry)
        .Id(entry.Text("vulnerabilityID"u8)).Title(entry.Text("title"u8)).Package(entry.Text("resource"u8)).Version(entry.Text("installedVersion"u8))
        .Purl(entry.Text("packagePURL"u8)).Path(entry.Text("packagePath"u8)).Path(entry.Text("target"u8))
        .FixedIn(Values.List(entry.Text("fixedVersion"u8))).Fix(FixState.None));

    private void AddSecret(JsonElement entry) => To.Add(New(FindingKind.Secret, entry)
        .Id(entry.Text("ruleID"u8)).Title(entry.Text("title"u8)).Path(entry.Text("target"u8)));

    private void AddCheck(JsonElement check, JsonElement? control)
    {
        if (check.IsTrue("success"u8)) return;
        var severity = Severities.Of(check.Text("severity"u8)).Or(Severities.Of(control?.Text("severity"u8)));
        var draft = To.New(FindingKind.Misconfiguration, severity)
            .Id(check.Text("checkID"u8)).Id(control?.Text("id"u8)).Title(check.Text("title"u8)).Path(check.Text("target"u8));
        foreach (var message in check.Texts("messages"u8)) draft.Title(message);
        To.Add(draft);
    }

    /// <summary>A compliance report: all checks of each control, or for each control how many failed.</summary>
    private void ReadStatus(JsonCursor json)
    {
        foreach (var name in json.Properties())
            if (name == "updateTimestamp") To.MadeAt(Values.Time(json.Text()));
            else if (name is "detailReport" or "summaryReport") ReadControls(json);
    }

    private void ReadControls(JsonCursor json)
    {
        foreach (var name in json.Properties())
            if (name is "results" or "controlCheck")
                foreach (var _ in json.Elements())
                {
                    using var control = json.Entry();
                    foreach (var check in control.RootElement.Items("checks"u8)) AddCheck(check, control.RootElement);
                    if (control.RootElement.Whole("totalFail"u8) > 0) AddControl(control.RootElement);
                }
    }

    private void AddControl(JsonElement control) => To.Add(New(FindingKind.Misconfiguration, control).Id(control.Text("id"u8)).Title(control.Text("name"u8)));

    private FindingDraft New(FindingKind kind, JsonElement entry) => To.New(kind, Severities.Of(entry.Text("severity"u8)));
}
