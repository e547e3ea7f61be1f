using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Evidence.Reports;

namespace Signalbox.Tests.Gates;

internal static partial class GateSituations
{
    private static IEnumerable<GateSituation> Signature()
    {
        static GateSituation Of(string rule, string title, params Action<GateFixture>[] make) => Asked(GateTable.Signature, rule, title, make);
        static Action<GateFixture> By(Signer? signer, string where = "sig.json", VerificationVerdict verdict = VerificationVerdict.Verified, params Digest[] names) =>
            release => release.Add(EvidenceKind.Signature, new SignatureFact("sigstore") { Names = names.Length > 0 ? names : [GateFixture.Artifact], Signer = signer }, where: where, verdict: verdict);
        var (keys, identities) = ($"{{ keys: [{s_key}] }}", $"{{ identities: [bob@acme.example, alice@acme.example, \"https://github.com/acme/*\"], issuers: [\"https://issuer\", \"{GitHub}\"] }}");
        var alice = new Signer(null, "alice@acme.example", "https://issuer");
        yield return Of(keys, "nothing is handed in");
        yield return Of(keys, "one that is lost", r => r.Add(EvidenceKind.Signature, null, where: "sig.json", verdict: VerificationVerdict.Verified));
        yield return Of("enforce", "nobody is named", By(GateFixture.KeySigner));
        yield return Of("{ identities: [alice@acme.example, bob@acme.example] }", "nobody vouches, and one is seen behind a key", By(GateFixture.KeySigner, "key.json"), By(alice));
        yield return Of("{ identities: [alice@acme.example] }", "nobody vouches, and nobody is seen", By(GateFixture.KeySigner), By(null, "none.json"));
        yield return Of($"{{ identities: [alice@acme.example], keys: [{s_other}] }}", "nobody vouches, and a key is named beside", By(alice));
        yield return Of(keys, "a key that counts", By(GateFixture.KeySigner));
        yield return Of($"{{ keys: [{s_other}, {s_key}] }}", "one of two keys that count", By(GateFixture.KeySigner));
        yield return Of(keys, "another key, and one that counts", By(new(GateFixture.Other), "other.json"), By(GateFixture.KeySigner));
        yield return Of(keys, "another key, and nobody", By(new(GateFixture.Other), "other.json"), By(null));
        yield return Of(keys, "a certificate where keys count", By(alice));
        yield return Of(keys, "one that does not hold", By(GateFixture.KeySigner, verdict: VerificationVerdict.Failed));
        yield return Of(keys, "one that nobody looked at", By(GateFixture.KeySigner, verdict: VerificationVerdict.Unsigned));
        yield return Of(keys, "of two other digests", By(GateFixture.KeySigner, names: [GateFixture.Other, GateFixture.Key]));
        yield return Of(keys, "of another digest and this one", By(GateFixture.KeySigner, names: [GateFixture.Other, GateFixture.Artifact]));
        yield return Of(keys, "of nothing", r => r.Add(EvidenceKind.Signature, new SignatureFact("sigstore") { Signer = GateFixture.KeySigner }, where: "sig.json", verdict: VerificationVerdict.Verified));
        yield return Of(identities, "an identity that counts", By(alice));
        yield return Of(identities, "another identity", By(alice with { Identity = "erin@acme.example" }));
        yield return Of(identities, "another issuer", By(alice with { Issuer = "https://evil.example.com" }));
        yield return Of(identities, "no issuer", By(alice with { Issuer = null }));
        yield return Of(identities, "no identity", By(new(null, null, "https://issuer")));
        yield return Of(identities, "a workflow in its own repository", By(new(null, Workflow, GitHub, "https://github.com/acme/shop")));
        yield return Of(identities, "a workflow for another repository", By(new(null, Workflow, GitHub, "https://github.com/evil/x")));
        yield return Of(identities, "a workflow for another repository, by another issuer", By(new(null, Workflow, "https://evil.example.com", "https://github.com/evil/x")));
        yield return Of(identities, "a workflow that says no repository", By(new(null, Workflow, GitHub)));
        var sources = $"{{ identities: [\"{Workflow}\"], issuers: [\"{GitHub}\"], sources: [github.com/acme/other, github.com/acme/shop] }}";
        yield return Of(sources, "a source that counts", By(new(null, Workflow, GitHub, "https://github.com/acme/shop")));
        yield return Of(sources, "another source", By(new(null, Workflow, GitHub, "https://github.com/evil/x")));
        yield return Of(sources, "no source", By(new(null, Workflow, GitHub)));
        yield return Of(keys, "two artifacts, one of them signed", r => r.Second(), By(GateFixture.KeySigner));
    }

    private static IEnumerable<GateSituation> Provenance()
    {
        static GateSituation Of(string rule, string title, params Action<GateFixture>[] make) => Asked(GateTable.Provenance, rule, title, make);
        static Action<GateFixture> Built(Func<ProvenanceFact, ProvenanceFact>? change = null, string where = "build.json", VerificationVerdict verdict = VerificationVerdict.Verified) =>
            release => release.Add(EvidenceKind.Provenance, change is null ? GateFixture.Provenance() : change(GateFixture.Provenance()), where: where, verdict: verdict);
        static string Keys(string more = "") => $"{{ keys: [{s_key}]{more} }}";
        var shop = new Signer(null, Workflow, GitHub, "https://github.com/acme/shop");
        yield return Of(Keys(), "nothing is handed in, and keys count");
        yield return Of($"{{ keys: [{s_key}], identities: [\"*\"] }}", "nothing is handed in, and keys and identities count");
        yield return Of("{ identities: [\"*\"] }", "nothing is handed in, and identities count");
        yield return Of(Keys(), "one that is lost", r => r.Add(EvidenceKind.Provenance, null, where: "build.json", verdict: VerificationVerdict.Verified));
        yield return Of(Keys(), "as it has to be", Built());
        yield return Of(Keys(), "without a source", Built(facts => facts with { Source = null }));
        yield return Of(Keys(), "one that does not hold", Built(verdict: VerificationVerdict.Failed));
        yield return Of(Keys(), "one that nobody looked at", Built(verdict: VerificationVerdict.Unsigned));
        yield return Of(Keys(), "of two other digests", Built(facts => facts with { Names = [GateFixture.Other, GateFixture.Key] }));
        yield return Of(Keys(), "of another digest and this one", Built(facts => facts with { Names = [GateFixture.Other, GateFixture.Artifact] }));
        yield return Of(Keys(), "of nothing", Built(facts => facts with { Names = [] }));
        yield return Of(Keys(), "by another key, and by nobody", Built(facts => facts with { Signer = new(GateFixture.Other) }), Built(facts => facts with { Signer = null }, "unsigned.json"));
        yield return Of(Keys(), "by another key, and by the one that counts", Built(facts => facts with { Signer = new(GateFixture.Other) }, "other.json"), Built());
        yield return Of("enforce", "a certificate, and nobody's builds are named", Built(facts => facts with { Signer = shop }));
        yield return Of("enforce", "a certificate without a source, and nobody's builds are named", Built(facts => facts with { Signer = shop, Source = null }));
        const string Ours = "{ identities: [\"https://github.com/acme/*\"] }";
        yield return Of(Ours, "a workflow of its own repository", Built(facts => facts with { Signer = shop }));
        yield return Of(Ours, "a workflow of another repository", Built(facts => facts with { Signer = shop with { Identity = "https://github.com/acme/ci/.github/workflows/release.yml@refs/heads/main" } }));
        yield return Of(Ours, "a workflow that names no source", Built(facts => facts with { Signer = shop, Source = null }));
        yield return Of(Ours, "a certificate without a name", Built(facts => facts with { Signer = new(null, null, GitHub) }));
        yield return Of("{ sources: [github.com/acme/shop] }", "any certificate of the source that counts", Built(facts => facts with { Signer = shop }));
        yield return Of("{ sources: [github.com/acme/shop] }", "any certificate without a source", Built(facts => facts with { Signer = shop, Source = null }));
        yield return Of("{ sources: [github.com/acme/other, github.com/acme/shop] }", "one of two sources that count", Built(facts => facts with { Signer = shop }));
        yield return Of($"{{ sources: [github.com/acme/shop], issuers: [\"https://issuer\"] }}", "vouched for by another issuer", Built(facts => facts with { Signer = shop }));
        yield return Of($"{{ sources: [github.com/acme/shop], issuers: [\"https://issuer\", \"{GitHub}\"] }}", "vouched for by one of two issuers", Built(facts => facts with { Signer = shop }));
        yield return Of("{ sources: [github.com/acme/shop], level: 3 }", "a builder that nobody names, for level 3", Built(facts => facts with { Level = 3, Signer = shop }));
        yield return Of("{ sources: [github.com/acme/shop], level: 3, builders: [\"https://other/*\", \"https://ci.example.com/*\"] }", "one of two builders that are named, for level 3", Built(facts => facts with { Level = 3, Signer = shop }));
        yield return Of("{ sources: [github.com/acme/shop] }", "a builder that nobody names, that says level 3", Built(facts => facts with { Level = 3, Signer = shop }));
        yield return Of("{ sources: [github.com/acme/shop], level: 3 }", "a builder that is known, for level 3", Built(facts => facts with { Level = 3, Signer = shop, Builder = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@refs/tags/v2.1.0" }));
        yield return Of(Keys(", level: 3"), "a level less than is asked", Built());
        yield return Of(Keys(", level: 1"), "a level more than is asked", Built());
        yield return Of(Keys(", level: 0"), "of no level, where none is asked", Built(facts => facts with { Level = 0 }));
        yield return Of(Keys(", level: 3, levels: [\"3 https://ci.example.com/*\"]"), "a builder whose level the policy says", Built(facts => facts with { Level = 1 }));
        yield return Of(Keys(", level: 3, levels: [\"1 https://ci.example.com/*\", \"3 https://ci.*\"]"), "a builder whose level the policy says twice", Built(facts => facts with { Level = 1 }));
        yield return Of(Keys(", level: 3, levels: [\"3 https://other.example.com/*\"]"), "another builder's level", Built(facts => facts with { Level = 1 }));
        yield return Of(Keys($", level: 3, levels: [\"3 https://ci.example.com/* {GateFixture.Key}\"]"), "a builder and its key", Built(facts => facts with { Level = 1 }));
        yield return Of(Keys($", level: 3, levels: [\"3 https://ci.example.com/* {GateFixture.Other}\"]"), "a builder and another's key", Built(facts => facts with { Level = 1 }));
        yield return Of($"{{ keys: [{s_key}, {s_other}], levels: [\"3 a\", \"2 b\"] }}", "several keys and levels", Built());
        yield return Of($"{{ keys: [{s_key}, {s_other}], levels: [\"3 a\", \"2 b\"], identities: [\"https://github.com/acme/*\"] }}", "several keys and levels, and a certificate", Built(facts => facts with { Signer = shop }));
        yield return Of("{ sources: [github.com/acme/shop], level: 3, levels: [\"3 *\"] }", "a level that the policy says of keys, and a certificate", Built(facts => facts with { Signer = shop }));
        yield return Of(Keys(", builders: [\"https://other/*\"]"), "another builder", Built());
        yield return Of(Keys(", buildTypes: [\"https://other/*\"]"), "another build type", Built());
        yield return Of(Keys(", buildTypes: [\"https://other/*\", \"https://example.com/*\"]"), "one of two build types", Built());
        yield return Of(Keys(), "six parameters that nobody expects", Built(facts => facts with { Unknown = ["a", "b", "c", "d", "e", "f"] }));
        yield return Of(Keys(", parameters: [a, c]"), "one of three that nobody expects", Built(facts => facts with { Unknown = ["a", "b", "c"] }));
        yield return Of(Keys(", parameters: [a, c]"), "none that nobody expects", Built(facts => facts with { Unknown = ["a"] }));
        yield return Of(Keys(", sources: [github.com/acme/other]"), "another source", Built());
        yield return Of(Keys(", sources: [github.com/acme/other]"), "no source where one is asked", Built(facts => facts with { Source = null }));
        yield return Of(Keys(", refs: [refs/heads/next, \"refs/heads/m*\"]"), "one of two refs", Built());
        yield return Of(Keys(", refs: [refs/heads/next]"), "another ref", Built());
        yield return Of(Keys(", refs: [refs/heads/next]"), "no ref", Built(facts => facts with { Ref = null }));
        yield return Of(Keys(), "another commit", Built(facts => facts with { Commit = new('a', 40) }));
        yield return Of(Keys(), "no commit", Built(facts => facts with { Commit = null }));
        yield return Of(Keys(), "the commit and something behind it", Built(facts => facts with { Commit = GateFixture.Commit + "-dirty" }));
        yield return Of(Keys(), "seven digits of the commit", Built(facts => facts with { Commit = GateFixture.Commit[..7] }));
        yield return Of(Keys(), "six digits of the commit", Built(facts => facts with { Commit = GateFixture.Commit[..6] }));
        yield return Of(Keys(), "a release of seven digits of the commit", r => r.Source = new(GateFixture.Commit[..7], false), Built());
        yield return Of(Keys(), "a release of six digits of the commit", r => r.Source = new(GateFixture.Commit[..6], false), Built());
        yield return Of(Keys(), "a release without a commit", r => r.Source = null, Built(facts => facts with { Commit = null }));
    }

    private static IEnumerable<GateSituation> Sbom()
    {
        static GateSituation Of(string rule, string title, params Action<GateFixture>[] make) => Asked(GateTable.Sbom, rule, title, make);
        static Action<GateFixture> Listed(SbomFact? facts, VerificationVerdict verdict = VerificationVerdict.Unsigned, string where = "sbom.json", params Digest[] alsoOf) => release => release.Add(EvidenceKind.Sbom, facts, where: where, verdict: verdict, alsoOf: alsoOf);
        static SbomFact Naming(params Digest[] names) => new("cyclonedx", "1.6", 12, []) { Names = names };
        yield return Of("enforce", "nothing is handed in");
        yield return Of("enforce", "one that is lost", Listed(null));
        yield return Of("enforce", "of this artifact", Listed(Naming(GateFixture.Artifact)));
        yield return Of("enforce", "of this artifact, signed", Listed(Naming(GateFixture.Artifact), VerificationVerdict.Verified));
        yield return Of("enforce", "whose signature does not hold", Listed(Naming(GateFixture.Artifact), VerificationVerdict.Failed));
        yield return Of("enforce", "of two others", Listed(Naming(GateFixture.Other, GateFixture.Key)));
        yield return Of("enforce", "of another and of this one", Listed(Naming(GateFixture.Other, GateFixture.Artifact)));
        yield return Of("enforce", "of nothing", Listed(Naming()));
        yield return Of("{ unbound: allow }", "of nothing, where that is allowed", Listed(Naming()));
        yield return Of("{ minimum: deny }", "that lacks eight things", Listed(Naming(GateFixture.Artifact) with { Missing = ["a", "b", "c", "d", "e", "f", "g", "h"] }));
        yield return Of("{ minimum: deny }", "that lacks nothing", Listed(Naming(GateFixture.Artifact)));
        yield return Of("enforce", "that lacks something, where nobody asks", Listed(Naming(GateFixture.Artifact) with { Missing = ["a"] }));
        yield return Of("enforce", "that is not whole", Listed(Naming(GateFixture.Artifact) with { Partial = "it calls itself incomplete" }));
        yield return Of("{ gaps: allow }", "that is not whole, where that is allowed", Listed(Naming(GateFixture.Artifact) with { Partial = "it calls itself incomplete" }));
        yield return Of("{ unbound: allow }", "of nothing, and another release's", Listed(Naming(), alsoOf: GateFixture.Other));
        yield return Of("enforce", "of this one, and another release's too", Listed(Naming(GateFixture.Artifact), alsoOf: GateFixture.Other));
        yield return Of("enforce", "two, one of another artifact", Listed(Naming(GateFixture.Artifact)), Listed(Naming(GateFixture.Other), where: "other.json"));
    }

    private static IEnumerable<GateSituation> Freshness()
    {
        static GateSituation Of(string rule, string title, params Action<GateFixture>[] make) => Asked(GateTable.Freshness, rule, title, make);
        static GateSituation Beside(string gate, string rule, string title, params Action<GateFixture>[] make) => new(title, $"gates: {{ freshness: {{ {gate}: 30d }}, {gate}: {rule} }}", release =>
        {
            foreach (var one in make) one(release);
        });
        static Action<GateFixture> Scanned(string tool, double hours, DateTimeOffset? made = null, params FindingKind[] covers) =>
            release => release.Add(EvidenceKind.Scan, new ScanFact(tool, covers, []) { MadeAt = made }, where: $"{tool} {string.Join(' ', covers)}".Trim(), at: GateFixture.Now.AddHours(-hours));
        static Action<GateFixture> Listed(double hours) => release => release.Add(EvidenceKind.Sbom, new SbomFact("spdx", "2.3", 1, []), where: "sbom.json", at: GateFixture.Now.AddHours(-hours));
        static Action<GateFixture> Signed(Digest by, double days, VerificationVerdict verdict = VerificationVerdict.Verified) =>
            release => release.Add(EvidenceKind.Signature, new SignatureFact("sigstore") { Names = [GateFixture.Artifact], Signer = new(by) }, where: "sig.json", at: GateFixture.Now.AddDays(-days), verdict: verdict);
        static Action<GateFixture> Built(Digest by, double days, VerificationVerdict verdict = VerificationVerdict.Verified) =>
            release => release.Add(EvidenceKind.Provenance, GateFixture.Provenance() with { Signer = new(by) }, where: "build.json", at: GateFixture.Now.AddDays(-days), verdict: verdict);
        var keys = $"{{ keys: [{s_key}] }}";
        yield return Of("enforce", "there is none");
        yield return Of("enforce", "one that is lost", r => r.Add(EvidenceKind.Scan, null, where: "trivy.json"));
        yield return Of("enforce", "one scan", Scanned("trivy", 1, covers: FindingKind.Vulnerability));
        yield return Of("enforce", "one scan for two things", Scanned("trivy", 1, null, FindingKind.Vulnerability, FindingKind.Secret));
        yield return Of("enforce", "an old scan and a new one for the same", Scanned("trivy", 30, covers: FindingKind.Vulnerability), Scanned("trivy", 1, covers: FindingKind.Vulnerability), r => r.Items[0] = r.Items[0] with { Record = r.Items[0].Record with { By = new("ci:gitlab") } });
        yield return Of("enforce", "an old scan for one thing and a new one for another", Scanned("trivy", 30, covers: FindingKind.Vulnerability), Scanned("trivy", 1, covers: FindingKind.Secret));
        yield return Of("enforce", "a scan for each thing", [.. Enum.GetValues<FindingKind>().Select(kind => Scanned("trivy", 1, covers: kind))]);
        yield return Of("enforce", "an old scan by one tool and a new one by another", Scanned("grype", 72, covers: FindingKind.Vulnerability), Scanned("trivy", 1, covers: FindingKind.Vulnerability));
        yield return Of("enforce", "a scan that does not say for what", Scanned("trivy", 1));
        yield return Of("enforce", "a clock that is ahead by what is let pass", Scanned("trivy", -1.0 / 12, covers: FindingKind.Vulnerability));
        yield return Of("enforce", "a clock that is ahead by more", Scanned("trivy", -0.1, covers: FindingKind.Vulnerability));
        yield return Of("enforce", "a report that says that it is made later than it was handed in", Scanned("trivy", 3, GateFixture.Now.AddHours(-2), FindingKind.Vulnerability));
        yield return Of("enforce", "a report that says that it is older", Scanned("trivy", 1, GateFixture.Now.AddHours(-30), FindingKind.Vulnerability));
        foreach (var hours in new[] { 1, 1.01, 47.9, 48, 60 }) yield return Of("{ sbom: 1h }", $"{hours.ToString(System.Globalization.CultureInfo.InvariantCulture)} hours old", Listed(hours));
        yield return Of("{ sbom: 3d }", "two days where three are allowed", Listed(48));
        yield return Beside(GateTable.Signature, keys, "a signature that counts, and is new", Signed(GateFixture.Key, 1));
        yield return Beside(GateTable.Signature, keys, "a signature that counts, and is old", Signed(GateFixture.Key, 31));
        yield return Beside(GateTable.Signature, keys, "an old signature that counts, and a new one that does not", Signed(GateFixture.Key, 31), Signed(GateFixture.Other, 1));
        yield return Beside(GateTable.Signature, keys, "a signature that does not count", Signed(GateFixture.Other, 1));
        yield return Beside(GateTable.Signature, keys, "a signature that does not hold", Signed(GateFixture.Key, 1, VerificationVerdict.Failed));
        yield return Beside(GateTable.Signature, keys, "a signature that nobody looked at", Signed(GateFixture.Key, 1, VerificationVerdict.Unsigned));
        yield return Beside(GateTable.Provenance, keys, "provenance that counts, and is new", Built(GateFixture.Key, 1));
        yield return Beside(GateTable.Provenance, keys, "provenance that does not count", Built(GateFixture.Other, 1));
        yield return Of("{ sbom: 1d }", "a signed report that does not hold", r => r.Add(EvidenceKind.Sbom, new SbomFact("spdx", "2.3", 1, []), where: "sbom.json", verdict: VerificationVerdict.Failed));
    }
}
