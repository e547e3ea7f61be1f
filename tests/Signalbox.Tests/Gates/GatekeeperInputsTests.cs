using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Tests.Evidence;
using Signalbox.Tests.Rollouts;

namespace Signalbox.Tests.Gates;

/// <summary>What a decision is made of: gathered, kept, read back, and refused where it is too much or not what it says.</summary>
public sealed class GatekeeperInputsTests
{
    private static readonly EnvironmentConfiguration s_configuration = Plans.Environment();
    private static readonly Release s_release = new("shop-1", "shop", null, new Dictionary<string, Digest> { ["web"] = EvidenceFixture.Subject, ["job"] = EvidenceFixture.Subject }, [s_configuration], EvidenceFixture.Now);
    private static readonly GateQuestion s_question = new(new("shop", "production"), s_release, s_configuration, new("alice"), null, EvidenceFixture.Now);

    private readonly EvidenceFixture _evidence = new();
    private readonly PolicyBook _policies = new();
    private readonly Commands _commands = new();
    private readonly Gatekeeper _gatekeeper;

    public GatekeeperInputsTests() => _gatekeeper = new(_evidence.Index, _policies, _evidence.Store, _commands, (zone, _) => zone == "UTC" ? TimeSpan.Zero : null);

    [Fact]
    public async Task Facts_OfTheRelease_AreThoseOfTheQuestion()
    {
        var facts = (await _gatekeeper.GatherAsync(s_question with { Creator = new("carol"), Release = s_release with { Owners = new Dictionary<string, string> { ["security"] = "@acme/appsec" } } }, default)).Inputs.Release;
        Assert.Equal(("shop-1", "shop", "production", "alice", "carol"), (facts.Id, facts.Application, facts.Environment, facts.Submitter, facts.Creator));
        Assert.Equal((ReleaseDigest.Of(s_release), ConfigurationDigest.Of(s_configuration), "@acme/appsec"), (facts.Content, facts.ConfigurationDigest, facts.Owners["security"]));
        var without = (await _gatekeeper.GatherAsync(s_question, default)).Inputs.Release;
        Assert.Null(without.Creator);
        Assert.Empty(without.Owners);
    }

    [Fact]
    public void Subjects_AreTheReleaseAndEachArtifactOnce() => Assert.Equal([ReleaseDigest.Of(s_release), EvidenceFixture.Subject], Gatekeeper.SubjectsOf(s_release));

    [Fact]
    public async Task Commands_ThatAreOff_AreNotRun_AndTheOthersLayerByLayer()
    {
        Set("production", "custom: [{ name: one, command: [/bin/one] }, { name: two, mode: off, command: [/bin/two] }, { name: three, mode: warn, command: [/bin/three] }]");
        Set("shop/production", "custom: [{ name: one, command: [/bin/one] }]");
        var gathered = await _gatekeeper.GatherAsync(s_question, default);
        Assert.Equal(["policy of production one", "policy of production three", "policy of shop/production one"], _commands.Run);
        Assert.Equal(_commands.Run, gathered.Inputs.Custom.Select(result => $"{result.Layer} {result.Name}"));
    }

    [Fact]
    public async Task Zones_OfAllWindows_AreLookedUpOnce()
    {
        Set("production", "freeze: [{ name: a, from: '01:00', to: '02:00', zone: UTC }, { name: b, from: '03:00', to: '04:00', zone: UTC }, { name: c, from: '05:00', to: '06:00', zone: Mars/Olympus }]");
        Assert.Equal([KeyValuePair.Create("Mars/Olympus", (TimeSpan?)null), KeyValuePair.Create("UTC", (TimeSpan?)TimeSpan.Zero)], (await _gatekeeper.GatherAsync(s_question, default)).Inputs.ZoneOffsets);
    }

    /// <summary>A policy that cannot be read has no commands and no windows, and lets nothing through.</summary>
    [Fact]
    public async Task PolicyThatCannotBeRead_IsALayerAllTheSame()
    {
        Append(PolicyEvents.ToEntry(new PolicySet("production", "apiVersion: signalbox-policy/v9\n", [], null, false), new("admin")));
        var gathered = await _gatekeeper.GatherAsync(s_question, default);
        Assert.Equal(["gate-policy-unreadable"], GateDecision.Decide(gathered.Inputs).Against());
        Assert.Equal(PromotionTerms.ByHand, _gatekeeper.Promotion(new("shop", "production")));
    }

    /// <summary>What no layer listens to is not read; a release's own file listens to everybody.</summary>
    [Theory]
    [InlineData("evidenceFrom: [ci]", false, true)]
    [InlineData("evidenceFrom: [other]", false, false)]
    [InlineData("evidenceFrom: [other]", true, true)]
    [InlineData("gates: { coverage: enforce }", false, true)]
    public async Task Facts_ThatNobodyListensTo_AreNotRead(string policy, bool own, bool read)
    {
        Set("production", policy);
        await _evidence.TakeAsync(SampleReports.Lcov);
        var configuration = s_configuration with { Gates = own ? [new(GateTable.Coverage, GateMode.Warn, new Dictionary<string, IReadOnlyList<string>>())] : [] };
        var gathered = await _gatekeeper.GatherAsync(s_question with { Configuration = configuration }, default);
        Assert.Equal(read, Assert.Single(gathered.Inputs.Evidence.Items).Facts is not null);
    }

    [Fact]
    public async Task Facts_OfOneOfTwoLayersThatListens_AreRead()
    {
        Set("production", "evidenceFrom: [other]");
        Set("shop/production", "evidenceFrom: [ci]");
        await _evidence.TakeAsync(SampleReports.Lcov);
        Assert.NotNull(Assert.Single((await _gatekeeper.GatherAsync(s_question, default)).Inputs.Evidence.Items).Facts);
    }

    /// <summary>Who brings a release is its submitter, who made it, and where it goes on by itself whoever took it out before.</summary>
    [Theory]
    [InlineData("alice", "alice", null, 1)]
    [InlineData("alice", "carol", "carol", 1)]
    [InlineData("alice", "carol", null, 0)]
    [InlineData("system:promoter", "bob", null, 1)]
    [InlineData("alice", "bob", null, 0)]
    public async Task Withdrawal_ByWhoBringsIt_IsNotHeard(string submitter, string by, string? creator, int left)
    {
        var taken = await _evidence.TakeAsync(SampleReports.Lcov);
        await _evidence.AppendAsync(EvidenceEvents.Withdrawn(taken.Id, "why not", new(by)));
        var path = new ReleasePath(["staging", "production"], [new("staging", Standing.Succeeded, EvidenceFixture.Now, "shop-staging-1") { Starters = ["bob"] }]);
        var question = s_question with { Submitter = new(submitter), Creator = creator is null ? null : new(creator), Path = path };
        Assert.Equal(left, (await _gatekeeper.GatherAsync(question, default)).Inputs.Evidence.Items.Count);
        // a promoter that says no path goes on with nobody's
        if (submitter == Principal.Promoter.Name) Assert.Empty((await _gatekeeper.GatherAsync(question with { Path = null }, default)).Inputs.Evidence.Items);
    }

    [Fact]
    public async Task Policy_ThatIsSetAnew_IsNoticed()
    {
        Set("production", "gates: { coverage: enforce }");
        var gathered = await _gatekeeper.GatherAsync(s_question, default);
        Assert.True(_gatekeeper.IsCurrent(s_question, gathered));
        Set("production", "gates: { tests: enforce }");
        Assert.False(_gatekeeper.IsCurrent(s_question, gathered));
    }

    [Fact]
    public async Task MoreThanOneDecisionIsMadeOf_IsRefused()
    {
        var owners = new Dictionary<string, string> { ["security"] = new string('x', GateArchive.MostInputs) };
        var e = await Assert.ThrowsAsync<ContentRefusedException>(() => _gatekeeper.GatherAsync(s_question with { Release = s_release with { Owners = owners } }, default));
        Assert.Equal("gate-inputs-too-large", e.Id);
        Assert.StartsWith("the gates would decide on 0 pieces of evidence, ", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("expected at most 16,777,216, so that the decision can be made again", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Facts_OnADiskThatRefuses_AreLost()
    {
        await _evidence.TakeAsync(SampleReports.Lcov);
        await _evidence.TakeAsync(SampleReports.JUnit);
        var records = _evidence.Index.List(2);
        var items = await GateArchive.LoadAsync(new Refusing(_evidence.Store, records[0].Facts), records, [], default);
        Assert.Equal([true, false], items.Select(item => item.Facts is null));
    }

    /// <summary>A decision that was made without facts is made again without them, though they are there now.</summary>
    [Fact]
    public async Task Facts_ThatWereLostThen_AreNotReadLater()
    {
        await _evidence.TakeAsync(SampleReports.Lcov);
        var record = _evidence.Index.List(1)[0];
        var facts = (await _evidence.Store.ReadAsync(record.Facts, 1 << 20, default))!;
        _evidence.Store.Replace(record.Facts, null);
        var gathered = await _gatekeeper.GatherAsync(s_question, default);
        await _gatekeeper.KeepAsync(gathered, default);
        await _evidence.Store.AddAsync(facts, default);
        Assert.Null(Assert.Single((await _gatekeeper.ReloadAsync(gathered.Digest, default))!.Evidence.Items).Facts);
    }

    [Fact]
    public async Task Decision_IsReadFromItsEntryAlone()
    {
        var gathered = await _gatekeeper.GatherAsync(s_question, default);
        var entry = _evidence.Ledger.Append(_evidence.Ledger.Head, [GateEvents.ToEntry(s_question.Track, gathered, GateDecision.Decide(gathered.Inputs), s_question.Submitter)])[0];
        Assert.Equal(("shop/production", GateEvents.DecidedType, "alice"), (entry.Stream, entry.Type, entry.Principal.Name));
        Assert.Equal([new PolicyReference("built-in policy", null)], GateEvents.FromEntry(entry)!.Policies);
        Assert.Null(GateEvents.FromEntry(entry with { Type = "gate.asked/1" }));
        var e = Assert.Throws<InvalidDataException>(() => GateEvents.FromEntry(entry with { Data = "{"u8.ToArray() }));
        Assert.StartsWith($"ledger entry {entry.Sequence} (gate.decided/1) cannot be read: ", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Whatever lies in the store: what cannot be read is no inputs.</summary>
    [Fact]
    public async Task Inputs_ThatAreDamaged_AreNone()
    {
        await _evidence.TakeAsync(SampleReports.Lcov);
        var canonical = (await _gatekeeper.GatherAsync(s_question, default)).Canonical;
        Assert.NotNull(GateEvents.Read(canonical));
        Assert.Null(GateEvents.Read("{"u8));
        Assert.Null(GateEvents.Read("null"u8));
        Assert.Null(Changed(kept => kept["records"]![0]!["by"] = null));
        Assert.Null(Changed(kept => kept["records"]![0]!["id"] = "sha256:zz"));
        Assert.Null(Changed(kept => kept["records"]![0]!["kind"] = "rumour"));
        Assert.NotNull(Changed(_ => { }));

        KeptInputs? Changed(Action<JsonObject> edit)
        {
            var kept = JsonNode.Parse(canonical)!.AsObject();
            edit(kept);
            return GateEvents.Read(Encoding.UTF8.GetBytes(kept.ToJsonString()));
        }
    }

    private void Set(string scope, string body) => Append(PolicyEvents.ToEntry(new PolicySet(scope, $"apiVersion: signalbox-policy/v1\n{body}\n", [], null, false), new("admin")));

    private void Append(NewEntry entry)
    {
        foreach (var appended in _evidence.Ledger.Append(_evidence.Ledger.Head, [entry])) _policies.Apply(appended);
    }

    private sealed class Commands : ICustomGates
    {
        public List<string> Run { get; } = [];

        public Task<CustomResult> RunAsync(GateQuestion question, string layer, CustomGate gate, CancellationToken cancel)
        {
            Run.Add($"{layer} {gate.Name}");
            return Task.FromResult(new CustomResult(layer, gate.Name, 0, "exit 0", null));
        }
    }

    /// <summary>A store on a disk that does not give one content back.</summary>
    private sealed class Refusing(MemoryContentStore store, Digest refused) : IContentStore
    {
        public Task<IReceivedContent> ReceiveAsync(Stream content, long most, CancellationToken cancel) => store.ReceiveAsync(content, most, cancel);

        public Task<StoredContent> AddAsync(byte[] content, CancellationToken cancel) => store.AddAsync(content, cancel);

        public Stream? Open(Digest digest) => digest == refused ? throw new IOException("the disk refused") : store.Open(digest);
    }
}
