using CsCheck;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Evidence.Reports;
using Signalbox.Gates;

namespace Signalbox.Tests.Gates;

/// <summary>What holds for every policy and every evidence.</summary>
public sealed class GatePropertyTests
{
    private static readonly string[] s_principals = ["alice", "bob", "ci"];
    private static readonly Digest[] s_digests = [GateFixture.Artifact, GateFixture.Other];

    private static readonly Gen<ScanFinding> s_finding = Gen.Select(
        OneOf("CVE-1", "CVE-2"), Gen.Enum<FindingKind>(), Gen.Enum<FindingSeverity>(), Gen.Enum<FixState>(),
        (id, of, severity, fix) => new ScanFinding { Ids = [id], Kind = of, Severity = severity, Fix = fix, Packages = ["lib"], Versions = ["1.0"], Purl = "pkg:npm/lib@1.0" });

    private static readonly Gen<EvidenceFacts?> s_facts = Gen.OneOf<EvidenceFacts?>(
        Gen.Int[0, 0].Select(_ => (EvidenceFacts?)null),
        Gen.Select(OneOf(s_digests), OneOf(GateFixture.Key, GateFixture.Other), (names, key) => (EvidenceFacts?)new SignatureFact("sigstore") { Names = [names], Signer = new(key) }),
        Gen.Select(Gen.Int[0, 3], OneOf(s_digests), (level, names) => (EvidenceFacts?)(GateFixture.Provenance(level) with { Names = [names] })),
        Gen.Select(OneOf(s_digests), names => (EvidenceFacts?)new SbomFact("cyclonedx", "1.6", 1, []) { Names = [names] }),
        Gen.Select(Gen.Long[0, 100], Gen.Long[0, 100], (covered, total) => (EvidenceFacts?)new CoverageFact(covered, total, 0, 0)),
        Gen.Select(Gen.Long[0, 5], Gen.Long[0, 1], (total, failed) => (EvidenceFacts?)new TestFact(total, failed, 0)),
        Gen.Select(OneOf("trivy", "semgrep"), s_finding.Array[0, 2], (tool, findings) => (EvidenceFacts?)new ScanFact(tool, [FindingKind.Vulnerability, FindingKind.Code, FindingKind.Secret], findings)),
        Gen.Select(OneOf("CVE-1", "CVE-2"), Gen.Int[-2, 2], (id, days) => (EvidenceFacts?)new VexFact([new([id], [new("pkg:npm/lib@1.0", [])], VexStatus.NotAffected, "why", GateFixture.Now.AddDays(20 * days))])),
        Gen.Int[0, 0].Select(_ => (EvidenceFacts?)new AlertsFact(1, [])),
        Gen.Select(OneOf("production", "staging"), environment => (EvidenceFacts?)new ApprovalFact("shop", environment, new GateFixture().Content, ConfigurationDigest.Of(new GateFixture().Configuration), null)));

    private static readonly Gen<(EvidenceFacts? Facts, int Kind, int Subject, int By, int Hours, int Verdict, bool Reused)[]> s_evidence = Gen.Select(
        s_facts, Gen.Int[0, 9], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 40], Gen.Int[0, 2], Gen.Int[0, 9].Select(n => n == 0),
        (facts, kind, subject, by, hours, verdict, reused) => (facts, kind, subject, by, hours, verdict, reused)).Array[0, 14];

    private static readonly Gen<Policy> s_policy = Gen.Select(
        Gen.Select(Gen.Int[0, GateTable.All.Count - 1], Gen.Enum<GateMode>(), (gate, mode) => (gate, mode)).Array[0, 8], Gen.Bool,
        (rules, named) => new Policy(
            [.. rules.DistinctBy(rule => rule.gate).Select(rule => Rule(GateTable.All[rule.gate].Name, rule.mode))], [], [], named ? ["alice", "ci"] : null));

    /// <summary>Evidence that the ledger lists and that is not there any more can only make it worse: nobody gets a release out by losing what speaks against it.</summary>
    [Fact]
    public void RemovingEvidence_NeverTurnsANoIntoAYes() => Gen.Select(s_policy, s_evidence, Gen.Int[0, 13]).Sample((policy, evidence, which) =>
    {
        var release = Build(policy, evidence);
        var before = release.Decide().Verdict;
        if (release.Items.Count == 0) return true;
        var lost = release.Items[which % release.Items.Count];
        release.Items.Remove(lost);
        release.Lost.Add(lost.Record.Id);
        return before == GateVerdict.Allow || release.Decide().Verdict != GateVerdict.Allow;
    }, iter: 4_000);

    /// <summary>The same for content that is lost or damaged while its record is there.</summary>
    [Fact]
    public void LosingContent_NeverTurnsANoIntoAYes() => Gen.Select(s_policy, s_evidence, Gen.Int[0, 13]).Sample((policy, evidence, which) =>
    {
        var release = Build(policy, evidence);
        var before = release.Decide().Verdict;
        if (release.Items.Count == 0) return true;
        var index = which % release.Items.Count;
        release.Items[index] = release.Items[index] with { Facts = null };
        return before == GateVerdict.Allow || release.Decide().Verdict != GateVerdict.Allow;
    }, iter: 4_000);

    /// <summary>Of what only speaks for a release (no finding, no contradiction), less is never more, whatever the ledger lists.</summary>
    [Fact]
    public void NeverHavingHadSupport_NeverTurnsANoIntoAYes() => Gen.Select(s_policy, Gen.Int[0, 8], Gen.Int[0, 8]).Sample((policy, first, second) =>
    {
        var release = new GateFixture { Policy = policy }.Good();
        release.Items.RemoveAt(first % release.Items.Count);
        var before = release.Decide().Verdict;
        release.Items.RemoveAt(second % release.Items.Count);
        return before == GateVerdict.Allow || release.Decide().Verdict != GateVerdict.Allow;
    }, iter: 2_000);

    /// <summary>One more layer, or one more demand of the release's own, never lets more through.</summary>
    [Fact]
    public void AddingALayer_NeverTurnsANoIntoAYes() => Gen.Select(s_policy, s_policy, s_evidence).Sample((policy, more, evidence) =>
    {
        var release = Build(policy, evidence);
        var before = release.Decide().Verdict;
        var after = GateDecision.Decide(release.Inputs(new PolicyLayer("more", null, more))).Verdict;
        release.Configuration = release.Configuration with { Gates = [.. more.Gates.Where(rule => rule.Mode != GateMode.Off && rule.Gate is not (GateTable.Freeze or GateTable.Approval))] };
        return after >= before && release.Decide().Verdict >= before;
    }, iter: 3_000);

    /// <summary>What policy set calls no weakening lets nothing through that the old one stopped.</summary>
    [Fact]
    public void ATighterPolicy_NeverLetsMoreThrough() => Gen.Select(s_policy, s_policy, s_evidence).Sample((before, after, evidence) =>
        PolicyDiff.Between(before, after).IsWeaker()
        || Build(after, evidence).Decide().Verdict != GateVerdict.Allow
        || Build(before, evidence).Decide().Verdict == GateVerdict.Allow, iter: 4_000);

    /// <summary>The same for whom a policy trusts, list by list: not written, empty, some, all.</summary>
    [Theory]
    [InlineData(GateTable.Signature)]
    [InlineData(GateTable.Provenance)]
    public void ATighterList_NeverLetsMoreThrough(string gate)
    {
        var trusting = Trusting(GateTable.Find(gate)!);
        Gen.Select(trusting, trusting, s_signed.Array[1, 3]).Sample((before, after, signed) =>
        {
            GateVerdict Decided(Policy policy)
            {
                var release = new GateFixture { Policy = policy, Source = null };
                foreach (var facts in signed) release.Add(gate == GateTable.Signature ? EvidenceKind.Signature : EvidenceKind.Provenance, gate == GateTable.Signature ? new SignatureFact("sigstore") { Names = facts.Names, Signer = facts.Signer } : facts, verdict: VerificationVerdict.Verified);
                return release.Decide().Verdict;
            }
            return PolicyDiff.Between(before, after).IsWeaker() || Decided(after) != GateVerdict.Allow || Decided(before) == GateVerdict.Allow;
        }, iter: 6_000);
    }

    private static readonly Gen<ProvenanceFact> s_signed = Gen.Select(Gen.Int[0, 3], OneOf("a", "b"), OneOf("a", "b"), Gen.Int[0, 2], OneOf("a", "b"), OneOf("a", "b"), (level, one, two, signer, unknown, source) =>
        new ProvenanceFact(level, one, two, source, two, null, unknown == "b" ? [] : ["a"])
        {
            Names = [GateFixture.Artifact],
            Signer = signer switch
            {
                0 => new(Digest.Of(System.Text.Encoding.UTF8.GetBytes(one))),
                1 => new(null, one, two, source),
                // a workflow, of its own repository or of another one
                _ => new(null, $"https://{one}/w@{two}", two, source),
            },
        });

    /// <summary>An enforced gate with any of its lists in any state.</summary>
    private static Gen<Policy> Trusting(GateShape gate) => Gen.Int[0, 6].Array[gate.Settings.Count].Select(states => new Policy(
        [new(gate.Name, GateMode.Enforce, new SortedDictionary<string, IReadOnlyList<string>>(
            gate.Settings.Zip(states).Select(pair => (pair.First.Key, Values: List(pair.First, pair.Second))).Where(setting => setting.Values is not null).ToDictionary(setting => setting.Key, setting => setting.Values!), StringComparer.Ordinal))],
        [], [], null));

    private static IReadOnlyList<string>? List(SettingShape setting, int state) => (setting.Key, setting.Kind) switch
    {
        (_, SettingKind.Count) => state < 3 ? null : [(state - 3).ToString(System.Globalization.CultureInfo.InvariantCulture)],
        ("keys", _) => state switch { 0 or 1 => null, 2 => [], 3 => [Digest.Of("a"u8).Value], 4 => [Digest.Of("b"u8).Value], _ => [Digest.Of("a"u8).Value, Digest.Of("b"u8).Value] },
        ("levels", _) => state switch { 0 or 1 => null, 2 => [], 3 => ["2 a"], 4 => ["2 b", "3 a"], 5 => [$"3 * {Digest.Of("a"u8)}", "2 b"], _ => ["3 *"] },
        ("identities", _) => state switch { 0 or 1 => null, 2 => [], 3 => ["a"], 4 => ["b", "https://a/*"], 5 => ["a", "b"], _ => ["*"] },
        _ => state switch { 0 or 1 => null, 2 => [], 3 => ["a"], 4 => ["b"], 5 => ["a", "b"], _ => ["*"] },
    };

    /// <summary>The order in which evidence is listed, or a record that stands twice, changes nothing.</summary>
    [Fact]
    public void OrderAndDoubles_ChangeNothing() => Gen.Select(s_policy, s_evidence, Gen.Int).Sample((policy, evidence, seed) =>
    {
        var release = Build(policy, evidence);
        var before = release.Decide();
        var shuffled = release.Items.Concat(release.Items).ToArray();
        new Random(seed).Shuffle(shuffled);
        release.Items.Clear();
        release.Items.AddRange(shuffled);
        return GateEvents.DigestOf(before) == GateEvents.DigestOf(release.Decide());
    }, iter: 2_000);

    [Fact]
    public void Decide_IsDeterministic() => Gen.Select(s_policy, s_evidence).Sample((policy, evidence) =>
        GateEvents.DigestOf(Build(policy, evidence).Decide()) == GateEvents.DigestOf(Build(policy, evidence).Decide()), iter: 2_000);

    private static GateFixture Build(Policy policy, (EvidenceFacts? Facts, int Kind, int Subject, int By, int Hours, int Verdict, bool Reused)[] evidence)
    {
        // good evidence first, so that many of the worlds are allowed and the rest is about what is added
        var release = new GateFixture { Policy = policy }.Good();
        foreach (var one in evidence)
            release.Add(KindOf(one.Facts, one.Kind), one.Facts, one.Subject switch { 0 => GateFixture.Artifact, 1 => release.Content, _ => GateFixture.Other },
                s_principals[one.By], $"report-{one.By}", GateFixture.Now.AddHours(-one.Hours), (VerificationVerdict)one.Verdict, one.Reused ? [GateFixture.Other] : null);
        return release;
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static EvidenceKind KindOf(EvidenceFacts? facts, int kind) => facts switch
    {
        SignatureFact => EvidenceKind.Signature,
        ProvenanceFact => EvidenceKind.Provenance,
        SbomFact => EvidenceKind.Sbom,
        CoverageFact => EvidenceKind.Coverage,
        TestFact => EvidenceKind.Test,
        ScanFact => EvidenceKind.Scan,
        VexFact => EvidenceKind.Vex,
        AlertsFact => EvidenceKind.Alerts,
        ApprovalFact => EvidenceKind.Approval,
        _ => (EvidenceKind)kind,
    };

    private static GateRule Rule(string gate, GateMode mode) => new(gate, mode, gate is GateTable.Signature or GateTable.Provenance
        ? new Dictionary<string, IReadOnlyList<string>> { ["keys"] = [GateFixture.Key.Value] }
        : new Dictionary<string, IReadOnlyList<string>>());
}
