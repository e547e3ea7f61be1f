using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Scans;

/// <summary>
/// Trivy's JSON: schema 2, the array of targets before it, and what <c>trivy k8s</c> writes about a cluster or a compliance
/// specification (https://trivy.dev/latest/docs/configuration/reporting/).
/// </summary>
internal sealed class TrivyReader(ReportLimits limits) : JsonScanReader(new("trivy", limits))
{
    private const string Modified = "ExperimentalModifiedFindings";

    public override bool Read(JsonCursor json, int pass)
    {
        var known = false;
        string? target = null;
        string? artifact = null;
        string[] digests = [];
        foreach (var name in json.Properties())
        {
            known |= name is "SchemaVersion" or "Results" or "ArtifactName" or "ClusterName" or "Target";
            if (name == "Target") target = json.Text();
            else if (name == "ArtifactName") artifact = json.Text();
            else if (name == "Metadata") digests = Digests(json);
            else if (name == "Class") Looked(json.Text());
            else if (name == "CreatedAt") To.MadeAt(Values.Time(json.Text()));
            else Property(json, name, target);
        }
        To.About(ReportSubject.From(artifact, [artifact, .. digests]));
        return known;
    }

    /// <summary>Each result says the class of what was looked at, also where nothing was found.</summary>
    private void Looked(string? kind)
    {
        if (kind is "os-pkgs" or "lang-pkgs") To.Looked(FindingKind.Vulnerability);
        else if (kind == "config") To.Looked(FindingKind.Misconfiguration);
        else if (kind == "secret") To.Looked(FindingKind.Secret);
    }

    private void Property(JsonCursor json, string name, string? target)
    {
        if (name is "Results" or "Resources" or "Findings")
            foreach (var _ in json.Elements()) Read(json, 1);
        else if (name is "Vulnerabilities" or "Misconfigurations" or "Secrets" or "Licenses" or Modified) ReadList(json, name, target);
    }

    private static string[] Digests(JsonCursor json)
    {
        using var metadata = json.Entry();
        return [.. metadata.RootElement.Texts("RepoDigests"u8)];
    }

    /// <summary>Findings, or on a cluster the resources that have them.</summary>
    private void ReadList(JsonCursor json, string name, string? target)
    {
        foreach (var _ in json.Elements())
        {
            using var entry = json.Entry();
            if (entry.RootElement.At("Results"u8).ValueKind == JsonValueKind.Array) AddResource(entry.RootElement);
            else Add(name, entry.RootElement, target);
        }
    }

    private void AddResource(JsonElement resource)
    {
        foreach (var result in resource.Items("Results"u8))
            foreach (var list in result.Members())
                if (list.Name == "Class") Looked(list.Value.Text());
                else if (list.Name is "Vulnerabilities" or "Misconfigurations" or "Secrets" or "Licenses" or Modified)
                    foreach (var entry in list.Value.Items())
                        Add(list.Name, entry, result.Text("Target"u8));
    }

    private void Add(string list, JsonElement entry, string? target, string? setAside = null)
    {
        switch (list)
        {
            case Modified:
                AddModified(entry, target);
                break;
            case "Vulnerabilities":
                AddVulnerability(entry, target, setAside);
                break;
            case "Misconfigurations":
                AddMisconfiguration(entry, target, setAside);
                break;
            case "Secrets":
                To.Add(New(FindingKind.Secret, entry).Id(entry.Text("RuleID"u8)).Title(entry.Text("Title"u8)).Path(target).Line(entry.Whole("StartLine"u8)).SetAside(setAside));
                break;
            default:
                To.Add(New(FindingKind.Licence, entry).Id(entry.Text("Name"u8)).Package(entry.Text("PkgName"u8)).Path(entry.Text("FilePath"u8)).Path(target).SetAside(setAside));
                break;
        }
    }

    /// <summary>What an ignore file, a policy or a VEX document took out, which Trivy tells with --show-suppressed.</summary>
    private void AddModified(JsonElement entry, string? target)
    {
        var list = entry.Text("Type"u8) switch
        {
            "misconfiguration" => "Misconfigurations",
            "secret" => "Secrets",
            "license" => "Licenses",
            _ => "Vulnerabilities",
        };
        Add(list, entry.At("Finding"u8), target, $"Trivy: {entry.Text("Status"u8) ?? "ignored"}{((entry.Text("Statement"u8) ?? entry.Text("Source"u8)) is { } why ? $" ({why})" : "")}");
    }

    private void AddVulnerability(JsonElement entry, string? target, string? setAside) => To.Add(New(FindingKind.Vulnerability, entry)
        .Id(entry.Text("VulnerabilityID"u8)).Ids(entry.Texts("VendorIDs"u8))
        .Package(entry.Text("PkgName"u8)).Version(entry.Text("InstalledVersion"u8)).Purl(entry.At("PkgIdentifier"u8).Text("PURL"u8))
        .Path(target).Path(entry.Text("PkgPath"u8)).Title(entry.Text("Title"u8))
        .FixedIn(Values.List(entry.Text("FixedVersion"u8))).Fix(FixState.None)
        .SetAside(setAside ?? (entry.Text("Status"u8) == "not_affected" ? "Trivy: not affected" : null)));

    /// <summary>Checks that passed, or that are excepted, are listed too with --include-non-failures.</summary>
    private void AddMisconfiguration(JsonElement entry, string? target, string? setAside)
    {
        if (entry.Text("Status"u8) is { } status && status != "FAIL") return;
        var cause = entry.At("CauseMetadata"u8);
        To.Add(New(FindingKind.Misconfiguration, entry)
            .Id(entry.Text("ID"u8)).Id(entry.Text("AVDID"u8)).Path(target).Line(cause.Whole("StartLine"u8))
            .Title(entry.Text("Title"u8)).Title(entry.Text("Message"u8)).SetAside(setAside));
    }

    private FindingDraft New(FindingKind kind, JsonElement entry) => To.New(kind, Severities.Of(entry.Text("Severity"u8)));
}
