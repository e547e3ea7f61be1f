using System.Text;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Evidence.Reports;
using Signalbox.Gates;
using Signalbox.Tests.Rollouts;

namespace Signalbox.Tests.Gates;

/// <summary>A release with evidence that every gate likes, and ways to spoil it.</summary>
internal sealed class GateFixture
{
    public static readonly DateTimeOffset Now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    public static readonly Digest Artifact = Digest.Of("artifact"u8), Key = Digest.Of("key"u8), Other = Digest.Of("other"u8);
    public const string Commit = "0f1e2d3c4b5a69788796a5b4c3d2e1f001234567";

    /// <summary>What a strict environment demands.</summary>
    public static readonly string Strict = $$"""
        apiVersion: signalbox-policy/v1
        gates:
          signature: { keys: ["{{Key}}"] }
          provenance: { keys: ["{{Key}}"], sources: [github.com/acme/shop] }
          sbom: enforce
          secrets: enforce
          health: enforce
          rollback: enforce
          coverage: enforce
          tests: enforce
          vulnerabilities: enforce
          sast: enforce
          slo: enforce
          alerts: enforce
          selfService: enforce
          freshness: enforce
          approval: enforce
          commands: enforce
        """;

    private readonly List<EvidenceItem> _items = [];
    private long _sequence;

    public GateFixture(string? policy = null)
    {
        Policy = Read(policy ?? Strict);
        var web = Plans.Web() with { Objective = new(0.999) };
        Configuration = new("production", "local", Plans.Canary, [web]);
    }

    public Policy? Policy { get; set; }

    public EnvironmentConfiguration Configuration { get; set; }

    public SourceRevision? Source { get; set; } = new(Commit, false);

    public string Submitter { get; set; } = "alice";

    public string? Creator { get; set; } = "alice";

    public Dictionary<string, TimeSpan?> Zones { get; } = new() { ["UTC"] = TimeSpan.Zero };

    public List<CustomResult> Custom { get; } = [];

    public DateTimeOffset At { get; set; } = Now;

    /// <summary>Null for one that has no environment before this one.</summary>
    public ReleasePath? Path { get; set; }

    public IReadOnlyDictionary<string, Digest> Artifacts { get; set; } = new Dictionary<string, Digest> { ["web"] = Artifact };

    public Digest Content => ReleaseDigest.Of("shop", Artifacts, Source);

    public List<EvidenceItem> Items => _items;

    public List<Digest> Lost { get; } = [];

    public static Signer KeySigner => new(Key);

    /// <summary>Everything that <see cref="Strict"/> asks for.</summary>
    public GateFixture Good()
    {
        Add(EvidenceKind.Signature, new SignatureFact("sigstore") { Names = [Artifact], Signer = KeySigner }, verdict: VerificationVerdict.Verified);
        Add(EvidenceKind.Provenance, Provenance(), verdict: VerificationVerdict.Verified);
        Add(EvidenceKind.Sbom, new SbomFact("cyclonedx", "1.6", 12, []) { Names = [Artifact] });
        Add(EvidenceKind.Coverage, new CoverageFact(812, 1000, 0, 0));
        Add(EvidenceKind.Test, new TestFact(120, 0, 3));
        Add(EvidenceKind.Scan, new ScanFact("trivy", [FindingKind.Vulnerability], []), where: "trivy.json");
        Add(EvidenceKind.Scan, new ScanFact("semgrep", [FindingKind.Code], []), where: "semgrep.json");
        Add(EvidenceKind.Alerts, new AlertsFact(3, []));
        Approve("bob");
        return this;
    }

    public static ProvenanceFact Provenance(int level = 2, string source = "git+https://github.com/acme/shop.git@refs/heads/main") =>
        new(level, "https://ci.example.com/builder", "https://example.com/build/v1", source, "refs/heads/main", Commit, []) { Names = [Artifact], Signer = KeySigner };

    public EvidenceItem Add(
        EvidenceKind kind, EvidenceFacts? facts, Digest? subject = null, string by = "ci:github", string where = "report", DateTimeOffset? at = null,
        VerificationVerdict verdict = VerificationVerdict.Unsigned, IReadOnlyList<Digest>? alsoOf = null)
    {
        var sequence = ++_sequence;
        var content = Digest.Of(Encoding.UTF8.GetBytes($"content {sequence}"));
        var about = subject ?? Artifact;
        var record = new EvidenceRecord(
            EvidenceId.Of(kind, about, content), kind, about, new(by), at ?? Now.AddHours(-1), new(EvidenceOrigin.File, where), new(content, 10, "x"),
            new(verdict, verdict == VerificationVerdict.Failed ? ["the signature does not hold"] : []), Digest.Of(Encoding.UTF8.GetBytes($"facts {sequence}")), "", sequence, alsoOf ?? []);
        var item = new EvidenceItem(record, facts);
        _items.Add(item);
        return item;
    }

    public GateFixture Named(VexStatement statement)
    {
        Add(EvidenceKind.Vex, new VexFact([statement]));
        return this;
    }

    public EvidenceItem Approve(string by, Digest? release = null, Digest? configuration = null, string environment = "production", DateTimeOffset? at = null) => Add(
        EvidenceKind.Approval, new ApprovalFact("shop", environment, release ?? Content, configuration ?? ConfigurationDigest.Of(Configuration), null), Content, by, at: at);

    /// <summary>Without the good evidence of a kind.</summary>
    public GateFixture Without(EvidenceKind kind)
    {
        _items.RemoveAll(item => item.Record.Kind == kind);
        return this;
    }

    public GateInputs Inputs(params PolicyLayer[] more) => new(
        new("shop-2", "shop", Configuration.Name, Submitter, Creator, Content, ConfigurationDigest.Of(Configuration), Source, Artifacts, Configuration,
            new Dictionary<string, string> { ["security"] = "@acme/appsec" }),
        [new("policy of production", Digest.Of("policy"u8), Policy), .. more],
        new([.. _items.Select(item => item.Record.Id), .. Lost], [.. _items]), Zones, Custom, At)
    { Path = Path ?? new([Configuration.Name], []) };

    public GateReport Decide() => GateDecision.Decide(Inputs());

    public static Policy Read(string text)
    {
        var read = PolicyReader.Read(Encoding.UTF8.GetBytes(text), "policy.yaml", _ => true);
        Assert.Empty(read.Findings);
        return read.Policy!;
    }

    public static Policy Gates(string gates) => Read($"apiVersion: signalbox-policy/v1\ngates: {gates}\n");
}

internal static class GateReports
{
    public static GateResult Of(this GateReport report, string gate) => Assert.Single(report.Results, result => result.Gate == gate);

    public static IReadOnlyList<string> Against(this GateReport report) =>
        [.. report.Results.Where(result => result.Stops).SelectMany(result => result.Lines).Where(line => line.Verdict != GateVerdict.Allow).Select(line => line.Id)];
}
