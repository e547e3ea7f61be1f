using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Tests.Evidence;
using Signalbox.Tests.Rollouts;

namespace Signalbox.Tests.Gates;

/// <summary>Real evidence out of a ledger and a store, gathered, decided, kept and decided again.</summary>
public sealed class GatekeeperTests
{
    private static readonly EnvironmentConfiguration s_configuration = Plans.Environment();
    private static readonly Release s_release = new("shop-1", "shop", null, new Dictionary<string, Digest> { ["web"] = EvidenceFixture.Subject }, [s_configuration], EvidenceFixture.Now);

    private readonly EvidenceFixture _evidence = new();
    private readonly PolicyBook _policies = new();
    private readonly Gatekeeper _gatekeeper;

    public GatekeeperTests() => _gatekeeper = new(_evidence.Index, _policies, _evidence.Store, new NoCommands(), (zone, _) => zone == "UTC" ? TimeSpan.Zero : null);

    private static GateQuestion Question => new(new("shop", "production"), s_release, s_configuration, new("alice"), new("alice"), EvidenceFixture.Now);

    private async Task<GatheredInputs> KeptAsync()
    {
        var gathered = await _gatekeeper.GatherAsync(Question, default);
        await _gatekeeper.KeepAsync(gathered, default);
        return gathered;
    }

    [Fact]
    public async Task Gathered_IsDecidedAndReplaysTheSame()
    {
        Set("production", "gates: { coverage: enforce, vulnerabilities: enforce }\nfreeze: [{ name: a, from: '01:00', to: '02:00', zone: UTC }]");
        await _evidence.TakeAsync(SampleReports.Lcov);
        await _evidence.TakeAsync(SampleReports.Trivy("CVE-2026-1"));
        var gathered = await _gatekeeper.GatherAsync(Question, default);
        var report = GateDecision.Decide(gathered.Inputs);
        Assert.Equal(["gate-vulnerability"], report.Against());
        // asking alone keeps nothing: what is asked each half minute would fill the store
        var before = _evidence.Store.Count;
        Assert.Null(await _gatekeeper.ReloadAsync(gathered.Digest, default));
        await _gatekeeper.KeepAsync(gathered, default);
        Assert.Equal(before + 1, _evidence.Store.Count);

        var entry = GateEvents.ToEntry(Question.Track, gathered, report, Question.Submitter);
        var decided = GateEvents.FromEntry(_evidence.Ledger.Append(_evidence.Ledger.Head, [entry])[0])!;
        Assert.Equal((GateVerdict.Deny, gathered.Digest, 2), (decided.Verdict, decided.Inputs, decided.Evidence.Count));
        var again = GateDecision.Decide((await _gatekeeper.ReloadAsync(decided.Inputs, default))!);
        Assert.Equal(decided.Report, GateEvents.DigestOf(again));
    }

    [Fact]
    public async Task LostOrDamagedFacts_AreUndecidedThenAndLater()
    {
        Set("production", "gates: { coverage: enforce }");
        var taken = await _evidence.TakeAsync(SampleReports.Lcov);
        var facts = _evidence.Index.Find(taken.Id)!.Facts;
        var before = await KeptAsync();
        Assert.Equal(GateVerdict.Allow, GateDecision.Decide(before.Inputs).Verdict);
        foreach (var with in new byte[]?[] { null, "{}"u8.ToArray() })
        {
            _evidence.Store.Replace(facts, with);
            var gathered = await KeptAsync();
            var report = GateDecision.Decide(gathered.Inputs);
            Assert.Equal((GateVerdict.Undecided, "gate-evidence-unreadable"), (report.Verdict, report.Against().Single()));
            Assert.Equal(GateEvents.DigestOf(report), GateEvents.DigestOf(GateDecision.Decide((await _gatekeeper.ReloadAsync(gathered.Digest, default))!)));
            // the earlier decision was made with it, and cannot be made again without
            Assert.Null(await _gatekeeper.ReloadAsync(before.Digest, default));
        }
    }

    [Fact]
    public async Task TamperedInputs_AreNoInputs()
    {
        var gathered = await KeptAsync();
        _evidence.Store.Replace(gathered.Digest, "{}"u8.ToArray());
        Assert.Null(await _gatekeeper.ReloadAsync(gathered.Digest, default));
    }

    [Fact]
    public async Task WhatChangesMeanwhile_IsNoticed()
    {
        var gathered = await _gatekeeper.GatherAsync(Question, default);
        Assert.True(_gatekeeper.IsCurrent(Question, gathered));
        await _evidence.TakeAsync(SampleReports.Lcov, subject: EvidenceFixture.Other);
        Assert.True(_gatekeeper.IsCurrent(Question, gathered));
        await _evidence.TakeAsync(SampleReports.Lcov);
        Assert.False(_gatekeeper.IsCurrent(Question, gathered));
        gathered = await _gatekeeper.GatherAsync(Question, default);
        Set("shop/production", "gates: { sbom: enforce }");
        Assert.False(_gatekeeper.IsCurrent(Question, gathered));
    }

    [Fact]
    public async Task Layers_AreTheEnvironmentsAndTheApplicationsOwn()
    {
        Assert.Equal(["built-in policy"], (await _gatekeeper.GatherAsync(Question, default)).Inputs.Layers.Select(layer => layer.Name));
        Set("production", "gates: { sbom: enforce }");
        Set("shop/production", "gates: { coverage: enforce }");
        Set("other/production", "gates: { slo: enforce }");
        var gathered = await _gatekeeper.GatherAsync(Question, default);
        Assert.Equal(["policy of production", "policy of shop/production"], gathered.Inputs.Layers.Select(layer => layer.Name));
        Assert.Equal(["gate-sbom-missing", "gate-coverage-missing"], GateDecision.Decide(gathered.Inputs).Against());
    }

    /// <summary>A release names its environments itself, so there is a policy for those that nobody thought of.</summary>
    [Fact]
    public async Task Layers_OfAnEnvironmentWithoutAPolicy_AreThatOfEverywhere()
    {
        Set("*", "gates: { sbom: enforce }");
        Assert.Equal(["policy of *"], (await _gatekeeper.GatherAsync(Question, default)).Inputs.Layers.Select(layer => layer.Name));
        Set("shop/production", "gates: { coverage: enforce }");
        Assert.Equal(["policy of *", "policy of shop/production"], (await _gatekeeper.GatherAsync(Question, default)).Inputs.Layers.Select(layer => layer.Name));
        // a policy of its own takes its place, so what demands less weakens
        var lax = GateFixture.Gates("{ coverage: enforce }");
        Assert.True(PolicyChangeDesk.Set(_policies, "production", "x", lax, new("alice"), isApprover: true).Waits);
        Set("production", "gates: { slo: enforce }");
        Assert.Equal(["policy of production", "policy of shop/production"], (await _gatekeeper.GatherAsync(Question, default)).Inputs.Layers.Select(layer => layer.Name));
    }

    /// <summary>A scan that speaks against a release is not taken away by who brings the release.</summary>
    [Theory]
    [InlineData("alice", null, 1)]
    [InlineData("carol", null, 0)]
    [InlineData("alice", "carol", 0)]
    public async Task Withdrawal_ByWhoBringsTheRelease_IsNotHeard(string by, string? also, int left)
    {
        var taken = await _evidence.TakeAsync(SampleReports.Trivy("CVE-2026-1"));
        foreach (var name in new[] { by, also }.OfType<string>())
            foreach (var appended in _evidence.Ledger.Append(_evidence.Ledger.Head, [EvidenceEvents.Withdrawn(taken.Id, "why not", new(name))])) _evidence.Index.Apply(appended);
        var gathered = await _gatekeeper.GatherAsync(Question, default);
        Assert.Equal(left, gathered.Inputs.Evidence.Items.Count);
        Assert.True(_gatekeeper.IsCurrent(Question, gathered));
        Assert.Empty(_evidence.Index.About([EvidenceFixture.Subject]));
    }

    /// <summary>A release of another application may have the same artifact: what its pipeline says of it is no word about ours.</summary>
    [Fact]
    public async Task Evidence_ForAnotherApplication_IsNotLookedAt()
    {
        Set("production", "gates: { coverage: enforce }");
        await _evidence.TakeAsync(SampleReports.Lcov, by: "ci:other", application: "other");
        var gathered = await KeptAsync();
        Assert.Empty(gathered.Inputs.Evidence.Listed);
        Assert.Equal(["gate-coverage-missing"], GateDecision.Decide(gathered.Inputs).Against());
        await _evidence.TakeAsync(SampleReports.Lcov, by: "ci:shop", application: "shop");
        Assert.False(_gatekeeper.IsCurrent(Question, gathered));
        gathered = await KeptAsync();
        Assert.Equal("shop", Assert.Single(gathered.Inputs.Evidence.Items).Record.For);
        var report = GateDecision.Decide(gathered.Inputs);
        Assert.Equal(GateVerdict.Allow, report.Verdict);
        var again = (await _gatekeeper.ReloadAsync(gathered.Digest, default))!;
        Assert.Equal(("shop", GateEvents.DigestOf(report)), (again.Evidence.Items[0].Record.For, GateEvents.DigestOf(GateDecision.Decide(again))));
    }

    [Fact]
    public async Task Facts_OfMoreThanOneDecisionReads_AreUndecided()
    {
        Set("production", "gates: { coverage: enforce }");
        await _evidence.TakeAsync(SampleReports.Lcov);
        var records = _evidence.Index.List(1);
        Assert.NotNull((await GateArchive.LoadAsync(_evidence.Store, records, [], default)).Single().Facts);
        var large = new MemoryContentStore();
        var stored = await large.AddAsync(new byte[EvidenceFactsText.Most - 1], default);
        var facts = await large.AddAsync((await _evidence.Store.ReadAsync(records[0].Facts, 1 << 20, default))!, default);
        EvidenceRecord[] many = [records[0] with { Facts = stored.Digest }, records[0] with { Facts = stored.Digest }, records[0] with { Facts = facts.Digest }];
        Assert.Null((await GateArchive.LoadAsync(large, many, [], default))[2].Facts);
    }

    [Fact]
    public async Task Commands_RunForEachLayerAndTheirEndIsKept()
    {
        Set("production", "custom: [{ name: ticket, command: [/bin/ticket] }]");
        var gathered = await _gatekeeper.GatherAsync(Question, default);
        Assert.Equal(new CustomResult("policy of production", "ticket", 1, "exit 1", null), Assert.Single(gathered.Inputs.Custom));
        Assert.Equal(["gate-command-denied"], GateDecision.Decide(gathered.Inputs).Against());
    }

    [Fact]
    public void Policy_ThatWeakens_WaitsForSomebodyElse()
    {
        Set("production", "gates: { coverage: { atLeast: 90% } }");
        var (text, policy) = Text("gates: { coverage: { atLeast: 80% } }");
        var proposed = PolicyChangeDesk.Set(_policies, "production", text, policy, new("alice"), isApprover: true);
        Assert.True(proposed.Waits);
        Append(proposed.Entry!);
        Assert.Equal("90%", _policies.Find("production")!.Policy!.Rule("coverage").Value("atLeast"));
        Assert.Contains("somebody else", PolicyChangeDesk.Approve(_policies, "production", proposed.Digest, new("alice"), EvidenceFixture.Now).Refusal);
        Assert.Contains("no proposal", PolicyChangeDesk.Approve(_policies, "production", EvidenceFixture.Other, new("bob"), EvidenceFixture.Now).Refusal);
        Assert.Contains("days ago", PolicyChangeDesk.Approve(_policies, "production", proposed.Digest, new("bob"), DateTimeOffset.UtcNow.AddDays(8)).Refusal);
        Append(PolicyChangeDesk.Approve(_policies, "production", proposed.Digest, new("bob"), DateTimeOffset.UtcNow).Entry!);
        var stored = _policies.Find("production")!;
        Assert.Equal(("80%", "bob", "alice"), (stored.Policy!.Rule("coverage").Value("atLeast"), stored.By.Name, stored.ProposedBy));
        Assert.Null(_policies.Proposal("production"));
    }

    [Fact]
    public void Policy_ThatTightens_IsSetAtOnce()
    {
        var (text, policy) = Text("gates: { coverage: enforce }");
        var set = PolicyChangeDesk.Set(_policies, "production", text, policy, new("alice"), isApprover: true);
        Assert.False(set.Waits);
        Append(set.Entry!);
        Assert.Null(PolicyChangeDesk.Set(_policies, "production", text, policy, new("alice"), isApprover: true).Entry);
    }

    [Fact]
    public void Policy_ThatWeakensWhereNobodyElseIs_IsSetAndSaysSo()
    {
        var (text, policy) = Text("gates: { secrets: off }");
        var set = PolicyChangeDesk.Set(_policies, "production", text, policy, new("alice"), isApprover: false);
        Assert.False(set.Waits);
        Assert.True(PolicyEvents.SetFrom(Append(set.Entry!))!.NobodyElse);
    }

    [Fact]
    public void Policies_FromTheLedger_AreTheSame()
    {
        Set("production", "gates: { coverage: { atLeast: 90% } }");
        var again = new PolicyBook();
        again.Replay(_evidence.Ledger);
        Assert.Equal(_policies.Find("production")!.Digest, again.Find("production")!.Digest);
        Assert.Single(again.All);
    }

    private void Set(string scope, string body)
    {
        var (text, policy) = Text(body);
        Append(PolicyChangeDesk.Set(_policies, scope, text, policy, new("admin"), isApprover: false).Entry!);
    }

    private static (string Text, Policy Policy) Text(string body)
    {
        var text = $"apiVersion: signalbox-policy/v1\n{body}\n";
        return (text, GateFixture.Read(text));
    }

    private LedgerEntry Append(NewEntry entry)
    {
        var appended = _evidence.Ledger.Append(_evidence.Ledger.Head, [entry])[0];
        _policies.Apply(appended);
        return appended;
    }

    private sealed class NoCommands : ICustomGates
    {
        public Task<CustomResult> RunAsync(GateQuestion question, string layer, CustomGate gate, CancellationToken cancel) =>
            Task.FromResult(new CustomResult(layer, gate.Name, 1, "exit 1", null));
    }
}
