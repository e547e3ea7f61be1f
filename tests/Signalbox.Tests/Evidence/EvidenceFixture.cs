using System.Text;
using Signalbox.Delivery;
using Signalbox.Evidence;
using Signalbox.Ledger;

namespace Signalbox.Tests.Evidence;

/// <summary>Intake, index and store over a ledger in memory.</summary>
internal sealed class EvidenceFixture
{
    public static readonly DateTimeOffset Now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    public static readonly Digest Subject = Digest.Of("subject"u8), Other = Digest.Of("other"u8);

    public EvidenceFixture(params IReadOnlyList<IEvidenceReader> readers) => Intake = new(Store, Index, readers.Count > 0 ? readers : [new AlertRulesReader(), new ReportEvidenceReader()]);

    public MemoryLedgerStore Ledger { get; } = new(TimeProvider.System);

    public MemoryContentStore Store { get; } = new();

    public EvidenceIndex Index { get; } = new();

    public EvidenceIntake Intake { get; }

    /// <param name="application">That the bringer's token is for; null where it is for all.</param>
    public Task<EvidenceIntake.Taken> TakeAsync(byte[] content, EvidenceKind? kind = null, string name = "report", Digest? subject = null, string by = "ci", string? key = null, string? application = null) =>
        Intake.TakeAsync(new MemoryStream(content), new(kind, name, [subject ?? Subject], key, Now) { For = application }, new(EvidenceOrigin.File, name), new(by), AppendAsync, default);

    public Task<EvidenceIntake.Taken> TakeAsync(string content, EvidenceKind? kind = null, string name = "report", Digest? subject = null, string by = "ci", string? application = null) =>
        TakeAsync(Encoding.UTF8.GetBytes(content), kind, name, subject, by, application: application);

    public Task AppendAsync(NewEntry entry)
    {
        foreach (var appended in Ledger.Append(Ledger.Head, [entry])) Index.Apply(appended);
        return Task.CompletedTask;
    }

    public async Task<EvidenceFacts?> FactsAsync(Digest id) =>
        Index.Find(id) is { } record && await Store.ReadAsync(record.Facts, EvidenceFactsText.Most, default) is { } bytes ? EvidenceFactsText.TryRead(bytes) : null;
}

internal static class SampleReports
{
    public const string Lcov = "SF:a.js\nDA:1,1\nDA:2,1\nDA:3,0\nDA:4,1\nDA:5,1\nLF:5\nLH:4\nend_of_record\n";
    public const string JUnit = "<testsuites><testsuite name=\"s\" tests=\"2\" failures=\"0\"><testcase name=\"a\" classname=\"c\"/><testcase name=\"b\" classname=\"c\"/></testsuite></testsuites>";

    public static string Trivy(string? vulnerability = null, string severity = "CRITICAL", string? mended = null) => $$"""
        { "SchemaVersion": 2, "CreatedAt": "2026-11-26T10:00:00Z", "ArtifactName": ".", "ArtifactType": "filesystem", "Results": [
          { "Target": "package-lock.json", "Class": "lang-pkgs", "Type": "npm"{{(vulnerability is null ? "" : $$"""
          , "Vulnerabilities": [ { "VulnerabilityID": "{{vulnerability}}", "PkgName": "left-pad", "InstalledVersion": "1.0.0"{{(mended is null ? "" : $", \"FixedVersion\": \"{mended}\"")}}, "Severity": "{{severity}}", "Title": "bad" } ]
          """)}} } ] }
        """;

    public const string TrivyConfig = """{ "SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem", "Results": [ { "Target": "Dockerfile", "Class": "config", "Type": "dockerfile", "MisconfSummary": { "Successes": 20, "Failures": 0 } } ] }""";

    public static string CycloneDx(string? sha256 = null) => $$"""
        { "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
          "metadata": { "timestamp": "2026-11-26T10:00:00Z", "component": { "type": "application", "name": "shop"{{(sha256 is null ? "" : $$""", "hashes": [ { "alg": "SHA-256", "content": "{{sha256}}" } ]""")}} } },
          "components": [ { "type": "library", "name": "left-pad", "version": "1.0.0", "purl": "pkg:npm/left-pad@1.0.0" } ] }
        """;

    public const string Alerts = "groups:\n  - name: shop\n    rules:\n      - alert: HighErrors\n        expr: rate(x[5m]) > 1\n        annotations: { runbook_url: https://example.com/run }\n      - alert: Slow\n        expr: y > 1\n      - record: z\n        expr: y\n";
}
