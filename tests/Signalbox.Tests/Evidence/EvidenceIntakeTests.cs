using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Signalbox.Delivery;
using Signalbox.Evidence;
using Signalbox.Evidence.Reports;
using Signalbox.Evidence.Signing;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Ledger;

namespace Signalbox.Tests.Evidence;

public sealed class EvidenceIntakeTests
{
    private readonly EvidenceFixture _evidence = new();

    [Theory]
    [InlineData(SampleReports.Lcov, EvidenceKind.Coverage, "lcov: 4 of 5 lines")]
    [InlineData(SampleReports.JUnit, EvidenceKind.Test, "junit: 2 tests, 0 failed, 0 skipped")]
    public async Task Report_BecomesEvidenceOfItsKind(string content, EvidenceKind kind, string summary)
    {
        var taken = await _evidence.TakeAsync(content);
        var record = _evidence.Index.Find(taken.Id)!;
        Assert.Equal((kind, summary, EvidenceFixture.Subject, "ci", VerificationVerdict.Unsigned), (record.Kind, record.Summary, record.Subject, record.By.Name, record.Verification.Verdict));
        Assert.Equal(Digest.Of(Encoding.UTF8.GetBytes(content)), record.Content.Digest);
        Assert.Equal(EvidenceId.Of(kind, EvidenceFixture.Subject, record.Content.Digest), record.Id);
        Assert.NotNull(await _evidence.FactsAsync(record.Id));
    }

    /// <summary>What is refused, or only looked at, leaves nothing: else anybody who may hand in fills the store.</summary>
    [Fact]
    public async Task Content_ThatIsNotRecorded_IsNotKept()
    {
        Assert.NotNull((await _evidence.TakeAsync("nonsense")).Refusal);
        var seen = await _evidence.Intake.TakeAsync(new MemoryStream(Encoding.UTF8.GetBytes(SampleReports.Lcov)), new(null, "report", [EvidenceFixture.Subject], null, EvidenceFixture.Now), new(EvidenceOrigin.File, "report"), new("ci"), append: null, default);
        Assert.NotNull(seen.Entry);
        Assert.Equal(0, _evidence.Store.Count);
        Assert.Equal(seen.Id, (await _evidence.TakeAsync(SampleReports.Lcov)).Id);
        Assert.Equal(2, _evidence.Store.Count);
        Assert.Equal(seen.Entry!.Data.ToArray(), _evidence.Ledger.Read(0, 1)[0].Data.ToArray());
    }

    /// <summary>A build makes several artifacts and signs one statement about them.</summary>
    [Fact]
    public async Task Statement_AboutSeveralArtifacts_IsOneAboutEach()
    {
        using var key = SigningKey.Create();
        var evidence = new EvidenceFixture(new SignedEvidenceReader(TrustedRoot.Empty));
        var statement = StatementWriter.Write([("web", new("sha256", EvidenceFixture.Subject.Hex)), ("api", new("sha256", EvidenceFixture.Other.Hex))], SignedStatement.CosignSignature, "{}"u8.ToArray());
        var envelope = new JsonObject
        {
            ["payloadType"] = "application/vnd.in-toto+json",
            ["payload"] = Convert.ToBase64String(statement),
            ["signatures"] = new JsonArray(new JsonObject { ["sig"] = Convert.ToBase64String(key.Sign(SignedContent.Statement(statement).Signed)) }),
        };
        Digest release = Digest.Of("release"u8), third = Digest.Of("third"u8);
        var taken = await evidence.Intake.TakeAsync(new MemoryStream(Encoding.UTF8.GetBytes(envelope.ToJsonString())), new(null, "sig.json", [release, EvidenceFixture.Subject, third, EvidenceFixture.Other], key.PublicPem, EvidenceFixture.Now), new(EvidenceOrigin.File, "sig.json"), new("ci"), evidence.AppendAsync, default);
        var record = evidence.Index.Find(taken.Id)!;
        Assert.Equal((VerificationVerdict.Verified, "application/vnd.dsse.envelope.v1+json"), (record.Verification.Verdict, record.Content.MediaType));
        Assert.Equal([EvidenceFixture.Subject, EvidenceFixture.Other], (await evidence.FactsAsync(record.Id))!.Names);
    }

    [Fact]
    public async Task Scan_KeepsItsFindingsTimeAndCoverage()
    {
        var taken = await _evidence.TakeAsync(SampleReports.Trivy("CVE-2026-1", mended: "1.1"));
        var facts = Assert.IsType<ScanFact>(await _evidence.FactsAsync(taken.Id));
        var finding = Assert.Single(facts.Findings);
        Assert.Equal(("CVE-2026-1", FindingSeverity.Critical, "1.1"), (finding.Id, finding.Severity, finding.FixedVersions[0]));
        Assert.Equal([FindingKind.Vulnerability], facts.Covers);
        Assert.Equal(new DateTimeOffset(2026, 11, 26, 10, 0, 0, TimeSpan.Zero), facts.MadeAt);
    }

    [Fact]
    public async Task Scan_OfConfiguration_CoversNoVulnerabilities()
    {
        var facts = Assert.IsType<ScanFact>(await _evidence.FactsAsync((await _evidence.TakeAsync(SampleReports.TrivyConfig)).Id));
        Assert.DoesNotContain(FindingKind.Vulnerability, facts.Covers);
        facts = Assert.IsType<ScanFact>(await _evidence.FactsAsync((await _evidence.TakeAsync(SampleReports.Trivy())).Id));
        Assert.Equal([FindingKind.Vulnerability], facts.Covers);
    }

    [Fact]
    public async Task Scan_WhoseClassIsOnlyInAText_DoesNotCoverIt()
    {
        var text = SampleReports.TrivyConfig.Replace("Dockerfile", "a\\\"Class\\\": \\\"os-pkgs\\\"b", StringComparison.Ordinal);
        var facts = Assert.IsType<ScanFact>(await _evidence.FactsAsync((await _evidence.TakeAsync(text)).Id));
        Assert.Equal([FindingKind.Misconfiguration], facts.Covers);
    }

    [Fact]
    public async Task Sbom_NamesTheDigestInItsComponent()
    {
        var bound = Assert.IsType<SbomFact>(await _evidence.FactsAsync((await _evidence.TakeAsync(SampleReports.CycloneDx(EvidenceFixture.Subject.Hex))).Id));
        Assert.Equal([EvidenceFixture.Subject], bound.Names);
        var unbound = Assert.IsType<SbomFact>(await _evidence.FactsAsync((await _evidence.TakeAsync(SampleReports.CycloneDx())).Id));
        Assert.Empty(unbound.Names);
        Assert.Contains("supplier name", unbound.Missing);
    }

    [Fact]
    public async Task Alerts_AreCountedWithThoseThatNameNoAction()
    {
        var facts = Assert.IsType<AlertsFact>(await _evidence.FactsAsync((await _evidence.TakeAsync(SampleReports.Alerts, name: "alerts.yaml")).Id));
        Assert.Equal((2, "Slow"), (facts.Rules, Assert.Single(facts.WithoutAction)));
    }

    [Fact]
    public async Task Same_TwoTimes_IsOneRecord()
    {
        var first = await _evidence.TakeAsync(SampleReports.Lcov);
        var second = await _evidence.TakeAsync(SampleReports.Lcov);
        Assert.Null(second.Entry);
        Assert.Equal(first.Id, second.Existing!.Id);
        Assert.Equal("ci", second.Existing.By.Name);
        Assert.Equal(1, _evidence.Ledger.Head.Sequence);
    }

    /// <summary>A report is the word of who brings it: whoever was first does not take it from the others.</summary>
    [Fact]
    public async Task Same_BySomebodyElse_IsTheirsToo()
    {
        var first = await _evidence.TakeAsync(SampleReports.Lcov, by: "mallory");
        var second = await _evidence.TakeAsync(SampleReports.Lcov);
        Assert.Equal(("mallory", "ci"), (_evidence.Index.Find(first.Id)!.By.Name, _evidence.Index.Find(second.Id)!.By.Name));
        Assert.Equal(EvidenceId.Of(EvidenceKind.Coverage, EvidenceFixture.Subject, Digest.Of(Encoding.UTF8.GetBytes(SampleReports.Lcov)), null, new("ci")), second.Id);
        // of the same subject: it is no report of another
        Assert.Empty(_evidence.Index.Find(second.Id)!.AlsoOf);
        foreach (var by in new[] { "mallory", "ci" }) Assert.NotNull((await _evidence.TakeAsync(SampleReports.Lcov, by: by)).Existing);
        Assert.Equal(2, _evidence.Ledger.Head.Sequence);
        // a withdrawal is of the one alone
        Withdraw(first.Id);
        Assert.NotNull((await _evidence.TakeAsync(SampleReports.Lcov)).Existing);
        Assert.Equal("evidence-withdrawn", (await _evidence.TakeAsync(SampleReports.Lcov, by: "mallory")).Refusal!.Id);
    }

    /// <summary>At the same moment too: else the second one's record has the first one's id, and counts nowhere.</summary>
    [Fact]
    public async Task Same_BySomebodyElseMeanwhile_IsTheirsToo()
    {
        var (begun, goes) = (new TaskCompletionSource(), new TaskCompletionSource());
        Task<EvidenceIntake.Taken> TakeAsync(string by, Func<NewEntry, Task> append) => _evidence.Intake.TakeAsync(
            new MemoryStream(Encoding.UTF8.GetBytes(SampleReports.Lcov)), new(null, "report", [EvidenceFixture.Subject], null, EvidenceFixture.Now), new(EvidenceOrigin.File, "report"), new(by), append, default);
        var first = TakeAsync("mallory", async entry =>
        {
            begun.SetResult();
            await goes.Task;
            await _evidence.AppendAsync(entry);
        });
        await begun.Task;
        var second = TakeAsync("ci", _evidence.AppendAsync);
        goes.SetResult();
        Assert.Equal(["mallory", "ci"], new[] { await first, await second }.Select(taken => _evidence.Index.Find(taken.Id)!.By.Name));
        Assert.Equal(2, _evidence.Index.About([EvidenceFixture.Subject]).Count);
    }

    /// <summary>A token that is for one application speaks for it alone, and never in the place of what speaks for another.</summary>
    [Fact]
    public async Task Same_ForAnotherApplication_IsAnothersRecord()
    {
        var other = await _evidence.TakeAsync(SampleReports.Lcov, application: "other");
        var shop = await _evidence.TakeAsync(SampleReports.Lcov, application: "shop");
        var any = await _evidence.TakeAsync(SampleReports.Lcov);
        Assert.Equal(["other", "shop", null], new[] { other, shop, any }.Select(taken => _evidence.Index.Find(taken.Id)!.For));
        Assert.Equal(3, _evidence.Index.About([EvidenceFixture.Subject]).Count);
        // what speaks for any application speaks for this one
        Assert.Equal(any.Id, (await _evidence.TakeAsync(SampleReports.Lcov, application: "third")).Existing!.Id);
        Assert.Equal(shop.Id, (await _evidence.TakeAsync(SampleReports.Lcov, application: "shop")).Existing!.Id);
    }

    /// <summary>A signature proves itself whoever brings it, and is read where it is for nobody else alone.</summary>
    [Fact]
    public async Task Signature_ForAnotherApplication_DoesNotStandForOurs()
    {
        using var key = SigningKey.Create();
        var evidence = new EvidenceFixture(new SignedEvidenceReader(TrustedRoot.Empty));
        var other = await evidence.TakeAsync(Envelope(key), by: "mallory", key: key.PublicPem, application: "other");
        var ours = await evidence.TakeAsync(Envelope(key), key: key.PublicPem, application: "shop");
        Assert.NotEqual(other.Id, ours.Id);
        Assert.Equal(("shop", "ci"), (evidence.Index.Find(ours.Id)!.For, evidence.Index.Find(ours.Id)!.By.Name));
        // and one that did not hold is recorded anew once it does, here too
        using var later = SigningKey.Create();
        var bytes = Envelope(later);
        var failed = await evidence.TakeAsync(bytes, application: "shop");
        var verified = await evidence.TakeAsync(bytes, key: later.PublicPem, application: "shop");
        Assert.Equal([VerificationVerdict.Failed, VerificationVerdict.Verified], new[] { failed, verified }.Select(taken => evidence.Index.Find(taken.Id)!.Verification.Verdict));
    }

    /// <summary>A key that was left out, a root that was old: what did not hold may hold later. Its bytes cannot be made anew.</summary>
    [Fact]
    public async Task Signature_ThatDidNotHold_IsRecordedOnceItDoes()
    {
        using var key = SigningKey.Create();
        var evidence = new EvidenceFixture(new SignedEvidenceReader(TrustedRoot.Empty));
        var bytes = Envelope(key);
        var failed = await evidence.TakeAsync(bytes, by: "mallory");
        Assert.Equal(VerificationVerdict.Failed, evidence.Index.Find(failed.Id)!.Verification.Verdict);
        Assert.Equal(failed.Id, (await evidence.TakeAsync(bytes)).Existing!.Id);
        Withdraw(failed.Id, evidence);
        var verified = await evidence.TakeAsync(bytes, key: key.PublicPem);
        Assert.Equal((VerificationVerdict.Verified, "ci"), (evidence.Index.Find(verified.Id)!.Verification.Verdict, evidence.Index.Find(verified.Id)!.By.Name));
        // it proves itself, whoever brings it
        Assert.Equal(verified.Id, (await evidence.TakeAsync(bytes, by: "somebody else", key: key.PublicPem)).Existing!.Id);
        Assert.Equal(verified.Id, (await evidence.TakeAsync(bytes)).Existing!.Id);
        Withdraw(verified.Id, evidence);
        Assert.Equal("evidence-withdrawn", (await evidence.TakeAsync(bytes, key: key.PublicPem)).Refusal!.Id);
    }

    /// <summary>Handing in anew what was lost brings it back; the ledger has it already.</summary>
    [Fact]
    public async Task Same_WhereItsContentWasLost_IsThereAgain()
    {
        var record = _evidence.Index.Find((await _evidence.TakeAsync(SampleReports.Lcov)).Id)!;
        foreach (var digest in new[] { record.Content.Digest, record.Facts })
        {
            _evidence.Store.Replace(digest, null);
            Assert.Equal(record.Id, (await _evidence.TakeAsync(SampleReports.Lcov)).Existing!.Id);
            Assert.NotNull(_evidence.Store.Open(digest));
        }
        Assert.Equal(2, _evidence.Store.Count);
    }

    private void Withdraw(Digest id, EvidenceFixture? of = null)
    {
        var evidence = of ?? _evidence;
        foreach (var entry in evidence.Ledger.Append(evidence.Ledger.Head, [EvidenceEvents.Withdrawn(id, "wrong file", new("bob"))])) evidence.Index.Apply(entry);
    }

    private static byte[] Envelope(SigningKey key)
    {
        var statement = StatementWriter.Write([("web", new("sha256", EvidenceFixture.Subject.Hex))], SignedStatement.CosignSignature, "{}"u8.ToArray());
        return Encoding.UTF8.GetBytes(new JsonObject
        {
            ["payloadType"] = "application/vnd.in-toto+json",
            ["payload"] = Convert.ToBase64String(statement),
            ["signatures"] = new JsonArray(new JsonObject { ["sig"] = Convert.ToBase64String(key.Sign(SignedContent.Statement(statement).Signed)) }),
        }.ToJsonString());
    }

    /// <summary>What looks signed is a verifier's, whatever its size and whatever is asked: behind it stands a reader of plain reports.</summary>
    [Theory]
    [InlineData("{\"protected\":\"\",\"signature\":\"\",\"payload\":\"\",", null, 5 << 20)]
    [InlineData("{\"protected\":\"\",\"signature\":\"\",\"payload\":\"\",", EvidenceKind.Vex, 0)]
    [InlineData("{\"mediaType\":\"application/vnd.dev.cosign.simplesigning.v1+json\",\"annotations\":{},\"payload\":\"\",", null, 9 << 20)]
    [InlineData("{\"mediaType\":\"application/vnd.dev.cosign.simplesigning.v1+json\",\"annotations\":{},\"payload\":\"\",", EvidenceKind.Vex, 0)]
    public async Task Report_InSomethingThatLooksSigned_IsNoReport(string begin, EvidenceKind? kind, int blanks)
    {
        var evidence = new EvidenceFixture(new ImageSignatureReader(TrustedRoot.Empty), new NotationEvidenceReader(() => null), new SignedEvidenceReader(TrustedRoot.Empty), new ReportEvidenceReader());
        var vex = begin + """ "@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.com/vex-1","author":"mallory","timestamp":"2026-01-08T18:02:03Z","version":1,"statements":[{"vulnerability":{"name":"CVE-2025-1"},"products":[{"@id":"pkg:npm/lib@1.0"}],"status":"not_affected","justification":"vulnerable_code_not_in_execute_path"}]""";
        var taken = await evidence.TakeAsync(Encoding.UTF8.GetBytes(vex + new string(' ', blanks) + "}"), kind);
        Assert.Equal(kind is null ? "evidence-unreadable" : "evidence-other-kind", taken.Refusal?.Id);
        Assert.Null(taken.Entry);
    }

    /// <summary>Each reading may have some hundred MB in memory: two are made, and what waits lies on the disk.</summary>
    [Fact]
    public async Task Readings_AreTwoAtOnce()
    {
        using var there = new CountdownEvent(5);
        using var goes = new ManualResetEventSlim();
        var reader = new Waiting(there, goes);
        var evidence = new EvidenceFixture(reader);
        var all = Enumerable.Range(0, 5).Select(i => Task.Factory.StartNew(
            () =>
            {
                var taken = evidence.TakeAsync([(byte)i]);
                if (!goes.IsSet) there.Signal();
                return taken;
            },
            default, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()).ToList();
        there.Wait(TestContext.Current.CancellationToken);
        var readings = reader.Readings;
        goes.Set();
        // other tests read too
        Assert.InRange(readings, 0, 2);
        Assert.All(await Task.WhenAll(all), one => Assert.Equal("evidence-unknown", one.Refusal!.Id));
        Assert.Equal(5, reader.Readings);
    }

    private sealed class Waiting(CountdownEvent there, ManualResetEventSlim goes) : IEvidenceReader
    {
        private int _readings;

        public int Readings => Volatile.Read(ref _readings);

        public (EvidenceReading? Reading, EvidenceRefusal? Refusal) Read(Stream content, EvidenceAsked asked)
        {
            Interlocked.Increment(ref _readings);
            if (!goes.IsSet)
            {
                there.Signal();
                goes.Wait();
            }
            return (null, null);
        }
    }

    [Fact]
    public async Task Same_ForAnotherSubject_IsFlagged()
    {
        await _evidence.TakeAsync(SampleReports.Lcov);
        var second = await _evidence.TakeAsync(SampleReports.Lcov, subject: EvidenceFixture.Other);
        Assert.Equal([EvidenceFixture.Subject], _evidence.Index.Find(second.Id)!.AlsoOf);
        Assert.Equal(["ci"], _evidence.Index.Find(second.Id)!.AlsoBy!);
    }

    /// <summary>One of each who brought it: who names many subjects pushes nobody else's out.</summary>
    [Fact]
    public async Task Same_ForManySubjects_NamesEachWhoBroughtIt()
    {
        await _evidence.TakeAsync(SampleReports.Lcov, subject: Digest.Of("zero"u8));
        for (var i = 0; i < 12; i++) await _evidence.TakeAsync(SampleReports.Lcov, subject: Digest.Of([(byte)i]), by: "mallory");
        var record = _evidence.Index.Find((await _evidence.TakeAsync(SampleReports.Lcov)).Id)!;
        Assert.Equal(["ci", "mallory"], record.AlsoBy!);
        Assert.Equal(Digest.Of("zero"u8), record.AlsoOf[0]);
    }

    [Fact]
    public async Task Withdrawn_CountsNoLongerAndDoesNotComeBack()
    {
        var taken = await _evidence.TakeAsync(SampleReports.Lcov);
        foreach (var entry in _evidence.Ledger.Append(_evidence.Ledger.Head, [EvidenceEvents.Withdrawn(taken.Id, "wrong file", new("bob"))])) _evidence.Index.Apply(entry);
        Assert.Empty(_evidence.Index.About([EvidenceFixture.Subject]));
        Assert.NotNull(_evidence.Index.Find(taken.Id));
        Assert.Equal("bob", _evidence.Index.WithdrawalOf(taken.Id)!.By.Name);
        Assert.Equal("evidence-withdrawn", (await _evidence.TakeAsync(SampleReports.Lcov)).Refusal!.Id);
    }

    [Fact]
    public async Task Index_FromTheLedger_IsTheSame()
    {
        await _evidence.TakeAsync(SampleReports.Lcov);
        await _evidence.TakeAsync(SampleReports.JUnit);
        var again = new EvidenceIndex();
        again.Replay(_evidence.Ledger);
        Assert.Equal(_evidence.Index.About([EvidenceFixture.Subject]).Select(record => record.Id), again.About([EvidenceFixture.Subject]).Select(record => record.Id));
        Assert.Equal(2, again.List(10).Count);
    }

    [Theory]
    [InlineData("", "evidence-unreadable")]
    [InlineData("hello", "evidence-unreadable")]
    [InlineData("{}", "evidence-unreadable")]
    [InlineData("[]", "evidence-unreadable")]
    [InlineData("{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\",\"version\":\"one\"}", "evidence-invalid")]
    [InlineData("<coverage", "evidence-unreadable")]
    public async Task NoEvidence_IsRefusedAndNothingIsRecorded(string content, string id)
    {
        var taken = await _evidence.TakeAsync(content);
        Assert.Equal(id, taken.Refusal!.Id);
        Assert.NotNull(taken.Refusal.Help);
        Assert.Equal(0, _evidence.Ledger.Head.Sequence);
    }

    [Fact]
    public async Task AnotherKindThanAsked_IsRefused()
    {
        var taken = await _evidence.TakeAsync(SampleReports.Lcov, EvidenceKind.Scan, "lcov.info");
        Assert.Equal(("evidence-other-kind", "lcov.info is coverage; expected scan"), (taken.Refusal!.Id, taken.Refusal.Message));
    }

    [Fact]
    public async Task Approval_IsNotTakenFromAFile()
    {
        var evidence = new EvidenceFixture(new Forger());
        Assert.Equal("evidence-made-here", (await evidence.TakeAsync("x")).Refusal!.Id);
    }

    [Fact]
    public void Hostile_GivesARefusalOrARecordNeverAnException()
    {
        byte[][] valid = [.. new[] { SampleReports.Lcov, SampleReports.JUnit, SampleReports.Trivy("CVE-1"), SampleReports.CycloneDx("aa"), SampleReports.Alerts }.Select(Encoding.UTF8.GetBytes)];
        Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Select(Gen.Int[0, 10_000], Gen.Byte).Array[1, 5]).Sample((which, changes) =>
        {
            var bytes = (byte[])valid[which].Clone();
            foreach (var (at, value) in changes) bytes[at % bytes.Length] = value;
            var taken = _evidence.TakeAsync(bytes, name: which == 4 ? "alerts.yaml" : "report").GetAwaiter().GetResult();
            return taken.Refusal is not null || taken.Entry is not null || taken.Existing is not null;
        }, iter: 2000);
    }

    /// <summary>By which a control plane leaves room for others: content and facts, once for each content, and nothing of what was withdrawn.</summary>
    [Fact]
    public async Task Bytes_OfAPrincipal_AreContentAndFacts()
    {
        var first = await _evidence.TakeAsync(SampleReports.Lcov);
        var bytes = _evidence.Index.BytesOf(new("ci"));
        Assert.Equal(_evidence.Index.Find(first.Id)!.FactsSize + Encoding.UTF8.GetByteCount(SampleReports.Lcov), bytes);
        await _evidence.TakeAsync(SampleReports.JUnit, by: "bob");
        Assert.Equal(bytes, _evidence.Index.BytesOf(new("ci")));
        await _evidence.AppendAsync(EvidenceEvents.Withdrawn(first.Id, "it is of another", new("bob")));
        Assert.Equal(0, _evidence.Index.BytesOf(new("ci")));
    }

    [Fact]
    public void Facts_ReadBackAreTheSame()
    {
        EvidenceFacts[] facts =
        [
            new SignatureFact("sigstore") { Names = [EvidenceFixture.Subject], Signer = new(EvidenceFixture.Other, "me", "issuer"), MadeAt = EvidenceFixture.Now },
            new ProvenanceFact(2, "b", "t", null, "r", "c", ["x"]),
            new SbomFact("spdx", "2.3", 3, ["supplier name"]) { Partial = "it calls itself incomplete" },
            new ScanFact("sarif", [FindingKind.Code], []) { Drivers = ["CodeQL"] },
            new ScanFact("trivy", [FindingKind.Secret], [new() { Ids = ["a"], Severity = FindingSeverity.High, Lines = [3], Fix = FixState.Available }]),
            new TestFact(3, 1, 0),
            new CoverageFact(1, 2, 3, 4),
            new VexFact([new(["CVE-1"], [new("p", ["q"])], VexStatus.NotAffected, "r", EvidenceFixture.Now)]),
            new AlertsFact(1, ["x"]),
            new ApprovalFact("shop", "production", EvidenceFixture.Subject, EvidenceFixture.Other, "fine"),
            new OverrideFact("freeze", "shop", "production", EvidenceFixture.Subject, EvidenceFixture.Other, "why", EvidenceFixture.Now),
        ];
        foreach (var fact in facts)
        {
            var canonical = EvidenceFactsText.Canonical(fact);
            Assert.Equal(canonical, EvidenceFactsText.Canonical(EvidenceFactsText.TryRead(canonical)!));
        }
        Assert.Null(EvidenceFactsText.TryRead("{\"type\":\"scan/9\"}"u8));
        Assert.Null(EvidenceFactsText.TryRead("{\"type\":\"scan/1\"}"u8));
        Assert.Null(EvidenceFactsText.TryRead("{"u8));
    }

    private sealed class Forger : IEvidenceReader
    {
        public (EvidenceReading? Reading, EvidenceRefusal? Refusal) Read(Stream content, EvidenceAsked asked) =>
            (new(EvidenceKind.Approval, "x", new ApprovalFact("shop", "production", EvidenceFixture.Subject, EvidenceFixture.Other, null), EvidenceVerification.Unsigned, ""), null);
    }
}
