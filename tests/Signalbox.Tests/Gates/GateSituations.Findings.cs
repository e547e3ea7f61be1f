using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Evidence.Reports;
using Signalbox.Ledger;

namespace Signalbox.Tests.Gates;

internal static partial class GateSituations
{
    private static Action<GateFixture> Scan(string tool, FindingKind[] covers, params ScanFinding[] findings) => release => release.Add(EvidenceKind.Scan, new ScanFact(tool, covers, findings), where: $"{tool}.json");

    private static Action<GateFixture> Stated(string id, string by = "security", VexStatus status = VexStatus.NotAffected, string? reason = "not reachable", DateTimeOffset? made = null, VerificationVerdict verdict = VerificationVerdict.Unsigned) => release =>
        release.Add(EvidenceKind.Vex, new VexFact([new([id], [new(GateFixture.Artifact.Value, [])], status, reason, made ?? GateFixture.Now.AddDays(-1))]), by: by, where: "vex.json", verdict: verdict);

    private static IEnumerable<GateSituation> Vulnerabilities()
    {
        static GateSituation Of(string rule, string title, params Action<GateFixture>[] make) => Asked(GateTable.Vulnerabilities, rule, title, make);
        static Action<GateFixture> Found(params ScanFinding[] findings) => Scan("trivy", [FindingKind.Vulnerability], findings);
        var critical = new ScanFinding { Ids = ["CVE-1"], Kind = FindingKind.Vulnerability, Severity = FindingSeverity.Critical, Packages = ["left-pad", "pad"], Versions = ["1.0", "1"] };
        var high = critical with { Ids = ["CVE-2"], Severity = FindingSeverity.High };
        yield return Of("enforce", "nothing is handed in");
        yield return Of("enforce", "nothing is found", Found());
        yield return Of("enforce", "nothing is found by either of two tools", Found(), Scan("grype", [FindingKind.Vulnerability]));
        yield return Of("enforce", "nothing is found in two scans by one tool", Found(), Found(), r => r.Items[0] = r.Items[0] with { Record = r.Items[0].Record with { By = new("ci:gitlab") } });
        yield return Of("enforce", "one that is lost", r => r.Add(EvidenceKind.Scan, null, where: "trivy.json"));
        yield return Of("enforce", "one that is lost beside another", Found(), r => r.Add(EvidenceKind.Scan, null, where: "grype.json"));
        yield return Of("enforce", "one that is lost beside one for something else", Scan("gitleaks", [FindingKind.Secret]), r => r.Add(EvidenceKind.Scan, null, where: "grype.json"));
        yield return Of("enforce", "a scan for something else", Scan("trivy", [FindingKind.Secret]));
        yield return Of("enforce", "found by a scan that looked for something else, beside one that looked", Scan("gitleaks", [FindingKind.Secret], critical), Found());
        yield return Of("enforce", "one of each severity, without an update", Found(critical, high, high with { Ids = ["CVE-3"], Severity = FindingSeverity.Medium }, high with { Ids = ["CVE-4"], Severity = FindingSeverity.Unknown }));
        yield return Of("enforce", "one of each severity that an update mends", Found(high with { Ids = ["CVE-4"], Severity = FindingSeverity.Unknown, Fix = FixState.Available }, high with { Ids = ["CVE-3"], Severity = FindingSeverity.Medium, Fix = FixState.Available }, high with { FixedVersions = ["1.1", "2.0"] }, critical with { Fix = FixState.Available }));
        yield return Of("{ block: high, blockFixable: medium }", "a stricter policy", Found(high, high with { Ids = ["CVE-3"], Severity = FindingSeverity.Medium, Fix = FixState.Available }, high with { Ids = ["CVE-5"], Severity = FindingSeverity.Medium }));
        yield return Of("{ block: none, blockFixable: none }", "nothing blocks", Found(critical, critical with { Ids = ["CVE-6"] }, high));
        yield return Of("enforce", "the same twice, and in another version", Found(critical, critical, critical with { Versions = ["2.0"] }));
        yield return Of("enforce", "a package without a version, by its address, and unnamed", Found(critical with { Versions = [] }, critical with { Packages = [], Purl = "pkg:npm/left-pad@1.0" }, critical with { Packages = [], Ids = [] }));
        yield return Of("enforce", "one whose package is not named, that an update mends", Found(critical with { Packages = [], FixedVersions = ["1.1"] }));
        yield return Of("enforce", "set aside", Found(critical), Stated("CVE-1"));
        yield return Of("enforce", "set aside where it would not block", Found(high), Stated("CVE-2"));
        yield return Of("enforce", "one of two set aside", Found(critical, critical with { Ids = ["CVE-6"] }), Stated("CVE-1"));
        yield return Of("enforce", "called fixed, without a reason", Found(critical), Stated("CVE-1", status: VexStatus.Fixed, reason: null));
        yield return Of("enforce", "called fixed, with a reason", Found(critical), Stated("CVE-1", status: VexStatus.Fixed, reason: "patched"));
        yield return Of("enforce", "a statement whose signature does not hold", Found(critical), Stated("CVE-1", verdict: VerificationVerdict.Failed));
        yield return Of("enforce", "a statement that is lost", Found(critical), r => r.Add(EvidenceKind.Vex, null, by: "security", where: "vex.json"));
        yield return Of("enforce", "a statement of who brings it", r => (r.Submitter, r.Creator) = ("alice", "carol"), Found(critical), Stated("CVE-1", by: "carol"));
        yield return Of("{ vexFrom: [a, b, c, d, e, f] }", "a statement of none of six that are named", Found(critical), Stated("CVE-1"));
        yield return Of("{ vexFrom: [psirt, \"sec*\"] }", "a statement of one of two that are named", Found(critical), Stated("CVE-1"));
        yield return Of("enforce", "who may state it where it goes on by itself", r => (r.Submitter, r.Creator) = (Principal.Promoter.Name, "carol"), r => r.Path = new(["staging", "production"], [new("staging", Signalbox.Gates.Standing.Succeeded, GateFixture.Now.AddHours(-2), "shop-staging-1") { Starters = ["bob", "carol"] }]), Found(critical));
        yield return Of("enforce", "who may state it where nobody is known to have made it", r => r.Creator = null, Found(critical));
        yield return Of("{ vexMaxAge: 2d }", "a statement as it begins to end", Found(critical), Stated("CVE-1", made: GateFixture.Now.AddDays(-2).AddSeconds(1)));
        yield return Of("{ vexMaxAge: 2d }", "a statement that ended now", Found(critical), Stated("CVE-1", made: GateFixture.Now.AddDays(-2)));
        yield return Of("{ tools: [trivy, grype, snyk] }", "one of three tools", Found());
        yield return Of("enforce", "a scan of another digest beside its own", Found(), r => r.Add(EvidenceKind.Scan, new ScanFact("grype", [FindingKind.Vulnerability], []) { Names = [GateFixture.Other, GateFixture.Key] }, where: "grype.json"));
        yield return Of("enforce", "a scan of another digest before its own", r => r.Add(EvidenceKind.Scan, new ScanFact("grype", [FindingKind.Vulnerability], []) { Names = [GateFixture.Other] }, where: "grype.json"), Found());
        yield return Of("enforce", "a scan of the release as a whole", r => r.Add(EvidenceKind.Scan, new ScanFact("grype", [FindingKind.Vulnerability], []) { Names = [GateFixture.Other, r.Content] }, where: "grype.json"));
        yield return Of("enforce", "another release's scan before its own", r => r.Add(EvidenceKind.Scan, new ScanFact("grype", [FindingKind.Vulnerability], []), where: "grype.json", alsoOf: [GateFixture.Other]), Found());
        yield return Of("enforce", "two artifacts, one of them scanned", r => r.Second(), Found());
        yield return Of("{ block: none, blockFixable: none }", "more than are named", [.. Enumerable.Range(0, 21).Select(i => (Action<GateFixture>)(r => r.Add(EvidenceKind.Scan, new ScanFact("trivy", [FindingKind.Vulnerability], [critical]), where: $"{i + 1}.json")))]);
        var statement = new VexStatement(["CVE-1"], [new("pkg:npm/x", [.. Enumerable.Repeat("pkg:npm/y", 49_999)])], VexStatus.NotAffected, "not here", null);
        yield return Of("enforce", "as many statements as are held against a finding", Found(critical), r => r.Add(EvidenceKind.Vex, new VexFact([.. Enumerable.Repeat(statement, 100)]), by: "security", where: "vex.json"));
        yield return Of("enforce", "one more", Found(critical), r => r.Add(EvidenceKind.Vex, new VexFact([.. Enumerable.Repeat(statement, 100), statement with { Products = [new("pkg:npm/x", [])] }]), by: "security", where: "vex.json"));
    }

    private static IEnumerable<GateSituation> Sast()
    {
        static GateSituation Of(string rule, string title, params Action<GateFixture>[] make) => Asked(GateTable.Sast, rule, title, make);
        static Action<GateFixture> Found(params ScanFinding[] findings) => Scan("semgrep", [FindingKind.Code], findings);
        var finding = new ScanFinding { Ids = ["sql"], Kind = FindingKind.Code, Severity = FindingSeverity.High, Paths = ["app.js", "b.js"], Lines = [7, 9], Titles = ["tainted query", "x"] };
        yield return Of("enforce", "nothing is handed in");
        yield return Of("enforce", "nothing is found", Found());
        yield return Of("enforce", "one that blocks, and others that do not", Found(finding, finding with { Ids = ["a"], Severity = FindingSeverity.Medium }, finding with { Ids = ["b"], SetAside = "nosemgrep" }));
        yield return Of("enforce", "some that do not block", Found(finding with { Severity = FindingSeverity.Medium }, finding with { SetAside = "nosemgrep" }));
        yield return Of("enforce", "one that nobody named or placed", Found(finding with { Ids = [], Paths = [], Titles = [] }));
        yield return Of("enforce", "one without a line", Found(finding with { Lines = [], Severity = FindingSeverity.Critical }));
        yield return Of("enforce", "one of no stated severity", Found(finding with { Severity = FindingSeverity.Unknown }));
        yield return Of("{ block: critical }", "one below what blocks", Found(finding));
        yield return Of("{ block: none }", "one where nothing blocks", Found(finding with { Severity = FindingSeverity.Critical }));
        yield return Of("enforce", "one that a statement sets aside", Found(finding), Stated("sql"));
        yield return Of("{ tools: [semgrep, codeql] }", "one of two tools", Found(finding));
        yield return Of("enforce", "two artifacts, one of them scanned", r => r.Second(), Found());
    }

    private static IEnumerable<GateSituation> Secrets()
    {
        static GateSituation Of(string title, params Action<GateFixture>[] make) => Asked(GateTable.Secrets, "enforce", title, make);
        static Action<GateFixture> Variables(params (string Name, string Value)[] variables) => r => r.Service(service => service with { Environment = variables.ToDictionary(variable => variable.Name, variable => variable.Value) });
        const string Token = "ghp_0123456789abcdefghijklmnopqrstuvwxyz", Address = "postgres://shop:hunter2@db/shop";
        yield return Of("no variables, and nobody looked");
        yield return Of("a scan for something else", Scan("trivy", [FindingKind.Vulnerability]));
        yield return Of("a scan for secrets that found none", Scan("gitleaks", [FindingKind.Secret]));
        yield return Of("a scan for secrets, and one for something else", Scan("gitleaks", [FindingKind.Secret]), Scan("trivy", [FindingKind.Vulnerability]));
        yield return Of("two scans for secrets that found none", Scan("gitleaks", [FindingKind.Secret]), Scan("trivy", [FindingKind.Secret]));
        yield return Of("a secret in a file", Scan("gitleaks", [FindingKind.Secret], new ScanFinding { Ids = ["aws-access-key", "x"], Kind = FindingKind.Secret, Paths = ["config.js", "b.js"] }));
        yield return Of("a secret that nobody named or placed, and another finding", Scan("trivy", [FindingKind.Secret], new ScanFinding { Kind = FindingKind.Secret }, new ScanFinding { Ids = ["CVE-1"], Kind = FindingKind.Vulnerability }));
        yield return Of("one that is lost", r => r.Add(EvidenceKind.Scan, null, where: "gitleaks.json"));
        yield return Of("each kind of variable", Variables(("DB_PASSWORD", "hunter2"), ("NOTE", Token), ("DATABASE_URL", Address), ("LOG_LEVEL", "info")));
        yield return Of("in each kind of command",
            r => r.Service(service => service with { Command = ["./web", Token, "--quiet"], Health = service.Health with { Http = null, Command = ["./healthy", Address] } }),
            r => r.Configuration = r.Configuration with { PreHook = GateChanges.Hook("./up", Token), PostHook = GateChanges.Hook("./done") });
    }
}
