using System.Text;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Delivery.Reading;
using Signalbox.Diagnostics;
using Signalbox.Evidence;
using Signalbox.Evidence.Reports;
using Signalbox.Evidence.Reports.Scans;
using Signalbox.Evidence.Signing;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Provenance;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Tests.Evidence.Verification;
using Signalbox.Tests.Evidence.Verification.Local;
using Signalbox.Yaml;

namespace Signalbox.Tests.Fuzz;

/// <summary>The readers of files that people write, and of what the ledger and the content store keep.</summary>
internal static class DeliveryTargets
{
    private static readonly TrustedRoot s_root = LocalSamples.Instance.TrustedRoot();
    private static readonly LocalKey s_key = LocalKey.P256();
    private static readonly Digest s_subject = Digest.Parse("sha256:" + LocalSamples.Digests[0].Hex);

    private static readonly string[] s_policies =
    [
        "apiVersion: signalbox-policy/v1\ngates:\n  signature: { keys: [\"sha256:9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c\"] }\n  coverage: { atLeast: 85% }\n  freshness: { scan: 12h }\n  approval: { count: 2, by: [alice, bob], maxAge: 3d }\nfreeze:\n  - { name: weekend, from: \"Fri 18:00\", to: \"Mon 08:00\", zone: Europe/Berlin }\ncustom:\n  - { name: ticket, command: [/usr/local/bin/check-ticket], timeout: 10s }\nevidenceFrom: [\"ci:*\"]\n",
    ];

    private const string Alerts = "groups:\n  - name: shop\n    rules:\n      - alert: HighErrors\n        expr: rate(x[5m]) > 1\n        annotations: { runbook_url: https://example.com/run }\n      - &slow\n        alert: Slow\n        expr: y > 1\n      - *slow\n";

    private static readonly string[] s_facts =
    [
        $$$"""{"type":"provenance/1","level":2,"builder":"b","buildType":"t","source":"s","ref":"r","commit":"c","unknown":["x"],"madeAt":"2026-11-26T10:00:00+00:00","names":["{{{s_subject}}}"],"signer":{"key":"{{{s_subject}}}"}}""",
        """{"type":"scan/1","tool":"trivy","covers":["Vulnerability"],"findings":[{"kind":"Vulnerability","ids":["CVE-1"],"severity":"High","packages":["a"],"versions":["1"],"fixedVersions":["2"]}],"names":[]}""",
        """{"type":"vex/1","statements":[{"vulnerabilities":["CVE-1"],"products":[{"name":"pkg:npm/a@1","subcomponents":[]}],"status":"NotAffected","reason":"r","timestamp":"2026-11-26T10:00:00+00:00"}],"names":[]}""",
    ];

    private static readonly string[] s_texts = ["npm run 'build it' --flag=\"a b\" # end", "1h30m", "v1.2.3-rc.1+build", "pkg:npm/%40acme/app@1.2.3?arch=amd64#sub", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "12:" + new string('a', 64), "x.eyJpc3MiOiJhIiwic3ViIjoiYiJ9.y"];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        FuzzTarget.Of("yaml", bytes => YamlReader.Read(bytes) is { Problems: [var problem, ..] } ? problem.Message : "read", () => [.. Files("*.yaml"), Encoding.UTF8.GetBytes(Alerts)]),
        FuzzTarget.Of("delivery-file", bytes => DeliveryFileReader.Read(bytes) is { Findings: [var finding, ..] } ? finding.Message : "read", () => Files("signalbox.yaml")),
        FuzzTarget.Of("policy", Policy, () => s_policies.Select(Encoding.UTF8.GetBytes)),
        FuzzTarget.Of("evidence-intake", Intake, Pieces),
        FuzzTarget.Of("signed-statement", Signed, () => [.. LocalSamples.Statements, "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[],\"predicateType\":\"https://openvex.dev/ns/v0.2.0\",\"predicate\":{}}"u8.ToArray()]),
        FuzzTarget.Of("facts", bytes => EvidenceFactsText.TryRead(bytes) is { } facts ? Again(facts) : "none", () => s_facts.Select(Encoding.UTF8.GetBytes)),
        new("ledger-entry", LedgerEntries),
        FuzzTarget.Of("gate-inputs", bytes => GateEvents.Read(bytes) is null ? "none" : "read", () => [Encoding.UTF8.GetBytes("""{"release":{"id":"shop-2"},"layers":[{"name":"p"}],"listed":[],"records":[],"unreadable":[],"zoneOffsets":{"UTC":"00:00:00"},"custom":[{"layer":"p","name":"c","exitCode":0,"detail":"x"}],"at":"2026-11-26T12:00:00+00:00"}""")]),
        FuzzTarget.Of("text", Text, () => s_texts.Select(Encoding.UTF8.GetBytes)),
    ];

    private static string Policy(byte[] bytes)
    {
        var read = PolicyReader.Read(bytes, "policy.yaml", zone => zone.Length < 20);
        if (read.Policy is null != read.Findings.Any(finding => finding.Severity == Severity.Error)) throw new FuzzFaultException("a policy with errors, or none without");
        if (read.Policy is { } policy && PolicyDiff.Between(policy, policy).IsWeaker()) throw new FuzzFaultException("a policy is weaker than itself");
        return read.Findings is [var finding, ..] ? finding.Message : "read";
    }

    /// <summary>All readers of evidence in the order that the control plane has them.</summary>
    private static string Intake(byte[] bytes) => Intake(bytes, null);

    private static string Intake(byte[] bytes, string? key)
    {
        var intake = new EvidenceIntake(new MemoryContentStore(), new EvidenceIndex(), [new AlertRulesReader(), new SignedEvidenceReader(s_root), new ReportEvidenceReader()]);
        var asked = new EvidenceAsked(null, bytes is [(byte)'g', ..] ? "a.yaml" : "a.json", [s_subject], key, DateTimeOffset.UnixEpoch.AddYears(60));
        var taken = intake.TakeAsync(new MemoryStream(bytes), asked, new(EvidenceOrigin.File, "a"), new("ci"), _ => Task.CompletedTask, default).GetAwaiter().GetResult();
        return taken.Refusal is { } refusal ? $"{refusal.Id}: {refusal.Message}" : taken.Entry is null ? throw new FuzzFaultException("neither taken nor refused") : "taken";
    }

    /// <summary>Whoever may hand in evidence may sign what they like, so that a statement is damaged before it is signed.</summary>
    private static string Signed(byte[] statement) =>
        Intake(new LocalBundle(LocalSamples.Instance, s_key) { Entry = EntryKind.None }.Envelope(statement), s_key.Pem);

    private static IEnumerable<byte[]> Pieces() =>
    [
        Encoding.UTF8.GetBytes(Alerts), LocalSamples.Get("statement-dsse").Bundle, LocalSamples.Get("github-attestation").Bundle, LocalSamples.Get("message-0.3").Bundle,
        "SF:a.js\nDA:1,1\nLF:1\nLH:1\nend_of_record\n"u8.ToArray(),
        """{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,"metadata":{"component":{"type":"application","name":"shop","hashes":[{"alg":"SHA-256","content":"aa"}]}},"components":[]}"""u8.ToArray(),
    ];

    private static string Again(EvidenceFacts facts)
    {
        var canonical = EvidenceFactsText.Canonical(facts);
        return EvidenceFactsText.TryRead(canonical) is { } again && EvidenceFactsText.Canonical(again).AsSpan().SequenceEqual(canonical) ? facts.GetType().Name : throw new FuzzFaultException("facts that cannot be written and read again");
    }

    /// <summary>Data that its type does not fit is said with <see cref="InvalidDataException"/> and nothing else.</summary>
    private static IReadOnlyList<FuzzSeed> LedgerEntries()
    {
        var intake = new EvidenceIntake(new MemoryContentStore(), new EvidenceIndex(), [new ReportEvidenceReader()]);
        var asked = new EvidenceAsked(null, "a", [s_subject], null, DateTimeOffset.UnixEpoch);
        var added = intake.TakeAsync(new MemoryStream("SF:a.js\nDA:1,1\nLF:1\nLH:1\nend_of_record\n"u8.ToArray()), asked, new(EvidenceOrigin.File, "a"), new("ci"), _ => Task.CompletedTask, default).GetAwaiter().GetResult().Entry!;
        var decided = Encoding.UTF8.GetBytes($$"""{"release":"shop-2","environment":"production","verdict":"Deny","at":"2026-11-26T12:00:00+00:00","content":"{{s_subject}}","configuration":"{{s_subject}}","policies":[{"name":"p","digest":"{{s_subject}}"}],"evidence":["{{s_subject}}"],"inputs":"{{s_subject}}","report":"{{s_subject}}","results":[]}""");
        return
        [
            new(added.Data.ToArray(), bytes => Entry(bytes, EvidenceEvents.AddedType, entry => EvidenceEvents.RecordFrom(entry))),
            new(EvidenceEvents.Withdrawn(s_subject, "why", new("bob")).Data.ToArray(), bytes => Entry(bytes, EvidenceEvents.WithdrawnType, entry => EvidenceEvents.WithdrawnFrom(entry))),
            new(decided, bytes => Entry(bytes, GateEvents.DecidedType, entry => GateEvents.FromEntry(entry))),
            new(PolicyEvents.ToEntry(new PolicySet("production", s_policies[0], [], null, false), new("bob")).Data.ToArray(), bytes => Entry(bytes, PolicyEvents.SetType, entry => PolicyEvents.SetFrom(entry))),
            new(PolicyEvents.ToEntry(new PolicyProposed("production", s_policies[0], []), new("bob")).Data.ToArray(), bytes => Entry(bytes, PolicyEvents.ProposedType, entry => PolicyEvents.ProposedFrom(entry))),
        ];
    }

    private static string Entry(byte[] data, string type, Func<LedgerEntry, object?> read)
    {
        try
        {
            return read(new(1, "s", type, DateTimeOffset.UnixEpoch, new("p"), data, LedgerHead.Empty.Hash, LedgerHead.Empty.Hash)) is null ? throw new FuzzFaultException("an entry was passed over") : "read";
        }
        catch (InvalidDataException)
        {
            return "refused";
        }
    }

    private static string Text(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        CommandLine.Split(text, out var problem);
        object?[] read =
        [
            problem, Durations.TryParse(text, out _), SemanticVersion.TryParse(text), PackageUrl.Parse(text)?.Type, Cvss.BaseScore(text) is not null,
            ArtifactDigest.TryParse(text, out _), Digest.TryParse(text, out _), LedgerHead.TryParse(text, out _), IdentityToken.Issuer(text), IdentityToken.Subject(text),
        ];
        return string.Join(' ', read.Select(one => one is null or false ? "-" : "+"));
    }

    private static IEnumerable<byte[]> Files(string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Cases.Root, "tests", "cases"), pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(40).Select(File.ReadAllBytes).Where(bytes => bytes.Length is > 0 and < 20_000);
}
