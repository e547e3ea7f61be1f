using System.Globalization;

namespace Signalbox.Bench;

/// <summary>Large reports, shaped as the tools shape them: the texts of an entry are as long and as varied as in real ones.</summary>
internal static class ReportFiles
{
    private const string Prose =
        "A flaw was found in the way the library parses untrusted input. An attacker who can supply a crafted file may write past the end of a buffer, "
        + "which may crash the program or, in the worst case, run code of the attacker's choice with the rights of the program. The maintainers have released a version in which lengths are checked. ";

    private static readonly string[] s_severities = ["LOW", "MEDIUM", "HIGH", "CRITICAL"];

    public static void Trivy(TextWriter to, long bytes)
    {
        to.Write("""{"SchemaVersion":2,"CreatedAt":"2026-01-15T08:58:29Z","ArtifactName":"registry.example.com/shop:1.0","ArtifactType":"container_image","Results":[{"Target":"shop (debian 12)","Class":"os-pkgs","Type":"debian","Vulnerabilities":[""");
        Fill(to, bytes, i => Text($$"""
              {
                "VulnerabilityID": "CVE-2025-{{10000 + i}}",
                "PkgID": "lib{{i % 700}}@1.{{i % 40}}.{{i % 7}}",
                "PkgName": "lib{{i % 700}}",
                "PkgIdentifier": { "PURL": "pkg:deb/debian/lib{{i % 700}}@1.{{i % 40}}.{{i % 7}}?arch=amd64", "UID": "{{i:x16}}" },
                "InstalledVersion": "1.{{i % 40}}.{{i % 7}}",
                "FixedVersion": "1.{{i % 40}}.{{(i % 7) + 1}}",
                "Status": "fixed",
                "Layer": { "DiffID": "sha256:{{i % 12:x64}}" },
                "SeveritySource": "nvd",
                "PrimaryURL": "https://avd.example.com/nvd/cve-2025-{{10000 + i}}",
                "Title": "lib{{i % 700}}: buffer overflow number {{i}} when parsing",
                "Description": "{{Prose}}{{Prose}}",
                "Severity": "{{s_severities[i % 4]}}",
                "CweIDs": [ "CWE-787" ],
                "CVSS": { "nvd": { "V3Vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "V3Score": 9.8 } },
                "References": [ "https://example.com/advisories/{{i}}", "https://example.com/commit/{{i:x40}}", "https://example.com/list/{{i}}" ],
                "PublishedDate": "2025-01-12T07:29:00Z",
                "LastModifiedDate": "2025-02-12T07:29:00Z"
              }
            """));
        to.Write("]}]}");
    }

    public static void Sarif(TextWriter to, long bytes)
    {
        to.Write("""{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"results":[""");
        Fill(to, bytes, i => Text($$$"""{"ruleId":"js/rule-{{{i % 60}}}","ruleIndex":{{{i % 60}}},"message":{"text":"Value {{{i}}} reaches a sink. {{{Prose}}}"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"src/module{{{i % 900}}}/file{{{i % 40}}}.js"},"region":{"startLine":{{{i % 2000}}},"startColumn":5} } }],"partialFingerprints":{"primaryLocationLineHash":"{{{i:x16}}}"}}"""));
        to.Write("""],"tool":{"driver":{"name":"Demo","rules":[""");
        to.Write(string.Join(',', Enumerable.Range(0, 60).Select(i => Text($$$"""{"id":"js/rule-{{{i}}}","shortDescription":{"text":"Rule {{{i}}}"},"properties":{"security-severity":"{{{i % 10}}}.1"}}"""))));
        to.Write("]}}}]}");
    }

    public static void CycloneDx(TextWriter to, long bytes)
    {
        to.Write("""{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{"timestamp":"2026-01-15T08:58:29Z"},"components":[""");
        Fill(to, bytes, i => Text($$$"""{"type":"library","bom-ref":"ref-{{{i}}}","supplier":{"name":"Supplier {{{i % 50}}}"},"name":"lib{{{i}}}","version":"1.{{{i % 40}}}.0","description":"{{{Prose}}}","hashes":[{"alg":"SHA-256","content":"{{{i:x64}}}"}],"licenses":[{"license":{"id":"{{{(i % 3 == 0 ? "MIT" : "Apache-2.0")}}}"}}],"purl":"pkg:npm/lib{{{i}}}@1.{{{i % 40}}}.0","externalReferences":[{"type":"vcs","url":"https://example.com/lib{{{i}}}.git"}],"properties":[{"name":"path","value":"node_modules/lib{{{i}}}"}]}"""));
        to.Write("]}");
    }

    public static void Cobertura(TextWriter to, long bytes)
    {
        to.Write("""<?xml version="1.0"?><coverage line-rate="0.5" timestamp="1700000000"><packages><package name="p"><classes>""");
        Fill(to, bytes, i => Text($"""<class name="Shop.Class{i}" filename="src/Class{i}.cs"><lines>{string.Concat(Enumerable.Range(1, 50).Select(l => Text($"""<line number="{l}" hits="{l % 3}" branch="true" condition-coverage="50% (1/2)"/>""")))}</lines></class>"""), separator: "\n");
        to.Write("</classes></package></packages></coverage>");
    }

    private static void Fill(TextWriter to, long bytes, Func<int, string> entry, string separator = ",\n")
    {
        long written = 0;
        for (var i = 0; written < bytes; i++)
        {
            var text = entry(i);
            if (i > 0) to.Write(separator);
            to.Write(text);
            written += text.Length + separator.Length;
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
