using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Scans;

/// <summary>
/// <c>npm audit --json</c> of npm 6 (advisories; pnpm and yarn 2 and 3 write the same) and of npm 7 and later (vulnerable
/// packages), and the lines of yarn 1 (<c>auditAdvisory</c>) and yarn 4 (<c>children</c>).
/// </summary>
internal sealed class NpmAuditReader(ReportLimits limits) : JsonScanReader(new("npm-audit", limits, FindingKind.Vulnerability))
{
    public override bool Read(JsonCursor json, int pass)
    {
        var known = false;
        string? type = null;
        string? package = null;
        JsonElement? data = null, tree = null;
        foreach (var name in json.Properties())
        {
            known |= name is "advisories" or "auditReportVersion" or "type" or "children";
            if (name == "type") type = Line(json.Text());
            else if (name == "value") package = json.Text();
            else if (name == "children") tree = Kept(json);
            else if (name == "data") data = Kept(json);
            else if (name == "advisories") ReadAdvisories(json);
            else if (name == "vulnerabilities") ReadPackages(json);
            else if (name == "error") throw new ReportRefusedException("npm says that the audit failed");
        }
        // the keys of a line may stand in any order
        if (type == "auditAdvisory" && data is { } advisory) AddAdvisory(advisory.At("advisory"u8));
        if (tree is { } children) AddTree(children, package);
        return known;
    }

    private static string? Line(string? type) => type == "error" ? throw new ReportRefusedException("yarn says that the audit failed") : type;

    private static JsonElement Kept(JsonCursor json)
    {
        using var entry = json.Entry();
        return entry.RootElement.Clone();
    }

    /// <summary>yarn 4: a package's line, with one advisory or deprecation under it.</summary>
    private void AddTree(JsonElement entry, string? package) => To.Add(To.New(FindingKind.Vulnerability, Severities.Of(entry.Text("Severity"u8)))
        .Id(entry.Text("ID"u8)).Ids(VulnerabilityIds.In(entry.Text("URL"u8))).Title(entry.Text("Issue"u8))
        .Package(package).Versions(entry.Texts("Tree Versions"u8)).Paths(entry.Texts("Dependents"u8)));

    private void ReadAdvisories(JsonCursor json)
    {
        foreach (var _ in json.Properties())
        {
            using var advisory = json.Entry();
            AddAdvisory(advisory.RootElement);
        }
    }

    private void ReadPackages(JsonCursor json)
    {
        foreach (var name in json.Properties())
        {
            using var package = json.Entry();
            AddPackage(name, package.RootElement);
        }
    }

    private void AddAdvisory(JsonElement entry)
    {
        var patched = entry.Text("patched_versions"u8);
        var draft = New(entry)
            .Id(entry.Text("id"u8)).Id(entry.Text("github_advisory_id"u8)).Ids(entry.Texts("cves"u8)).Ids(VulnerabilityIds.In(entry.Text("url"u8)))
            .Title(entry.Text("title"u8)).Package(entry.Text("module_name"u8));
        foreach (var found in entry.Items("findings"u8)) draft.Version(found.Text("version"u8)).Paths(found.Texts("paths"u8));
        // "<0.0.0" is how an advisory says that no version is patched
        To.Add(patched is null or "<0.0.0" ? draft.Fix(patched is null ? FixState.Unknown : FixState.None) : draft.FixedIn([patched]));
    }

    private void AddPackage(string name, JsonElement entry)
    {
        var draft = New(entry).Package(entry.Text("name"u8) ?? name).Paths(entry.Texts("nodes"u8));
        foreach (var via in entry.Items("via"u8))
            draft.Id(via.Text("source"u8)).Ids(VulnerabilityIds.In(via.Text("url"u8))).Title(via.Text("title"u8));
        var fix = entry.At("fixAvailable"u8);
        draft.Fix(fix.ValueKind switch
        {
            JsonValueKind.True or JsonValueKind.Object => FixState.Available,
            JsonValueKind.False => FixState.None,
            _ => FixState.Unknown,
        });
        To.Add(draft);
    }

    private FindingDraft New(JsonElement entry) => To.New(FindingKind.Vulnerability, Severities.Of(entry.Text("severity"u8)));
}
