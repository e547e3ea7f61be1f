using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Signalbox.Evidence.Verification;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>What verification says of a file that holds, link by link, as programs read it (<c>verify --json</c>): one golden report a kind.</summary>
public sealed class ExplanationTests
{
    private const string Called = "https://github.com/acme/ci/.github/workflows/release.yml@refs/tags/v1";

    private static readonly JsonSerializerOptions s_readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Dictionary<string, Func<LocalSample>> s_more = new(StringComparer.Ordinal)
    {
        ["message-any-signer"] = () => LocalSamples.Get("message-0.3").Ask(policy => policy with { Signers = [], AnySigner = true }),
        ["message-by-a-called-workflow"] = () => By(Called, "evil/x"),
        ["message-logged-twice"] = () => LoggedTwice(),
        ["message-no-certificate-log"] = () => LocalSamples.Get("message-0.3").Under(root => root["ctlogs"] = new JsonArray()),
        ["message-of-a-source"] = () => LocalSamples.Get("message-0.3").Ask(policy => policy with { Provenance = new("github.com/acme/app") }),
        ["message-proof-without-checkpoint"] = () => LocalSamples.Message(bundle => bundle with { Version = "0.1" })
            .Change(bundle => bundle["verificationMaterial"]!["tlogEntries"]![0]!["inclusionProof"]!.AsObject().Remove("checkpoint")),
        ["message-timestamp-alone"] = () => LocalSamples.Message(bundle => bundle with { Entry = EntryKind.None, WithTimestamp = true }).Ask(policy => policy with { RequireLog = false }),
        ["message-witnessed-twice"] = Witnessed,
        ["key-message-without-hint"] = () => LocalSamples.Get("key-p256-bare").Change(bundle => bundle["verificationMaterial"]!["publicKey"]!["hint"] = ""),
        ["key-p256-without-promise"] = () => LocalSamples.Keyed(LocalKey.P256(), EntryKind.HashedRekord, withPromise: false),
        ["statement-of-no-artifact"] = () => LocalSamples.Get("statement-dsse").Ask(policy => policy with { Artifact = [] }),
        ["image-of-a-source"] = () => LocalSamples.Get("image-keyless").Ask(policy => policy with { Provenance = new("github.com/acme/app") }),
        ["image-of-no-name"] = () => LocalSamples.Get("image-keyless").Ask(policy => policy with { Artifact = [] }),
    };

    public static TheoryData<string> Names => [.. LocalSamples.All, .. s_more.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Explanation_OfEachKind_IsAsAccepted(string name) =>
        Cases.Verify(Path.Combine(Cases.Root, "tests", "cases", "verification", name + ".json"), Shown((s_more.GetValueOrDefault(name) ?? (() => LocalSamples.Get(name)))().Verify()));

    /// <summary>All but the signer's key is the same in every run.</summary>
    private static string Shown(VerificationResult result)
    {
        var report = JsonNode.Parse(VerificationReport.Of(result).ToJson())!;
        if (report["facts"]!["keyDigest"] is not null) report["facts"]!["keyDigest"] = "SHA-256 OF THE KEY";
        return report.ToJsonString(s_readable) + "\n";
    }

    private static LocalSample By(string workflow, string repository)
    {
        var (sample, key) = (LocalSamples.Get("message-0.3"), LocalKey.P256());
        var bundle = new LocalBundle(LocalSamples.Instance, key) { Certificate = LocalSamples.Instance.Certify(key, workflow, LocalSigstore.GitHubClaims(signer: workflow, repository: repository)) };
        return (sample with { Bundle = bundle.Message("hello\n"u8.ToArray()) }).Ask(policy => policy with { Signers = [ExpectedSigner.Identity(workflow, LocalSigstore.GitHubIssuer)] });
    }

    /// <summary>In the same log a second time, at another place.</summary>
    private static LocalSample LoggedTwice(Action<JsonNode>? with = null) => LocalSamples.Get("message-0.3").Change(bundle =>
    {
        var entries = bundle["verificationMaterial"]!["tlogEntries"]!.AsArray();
        entries.Add(LocalSamples.Instance.Rekor.Again(entries[0]!, body => body["again"] = true, place: 5));
        foreach (var entry in entries) with?.Invoke(entry!);
    });

    private static LocalSample Witnessed()
    {
        var witness = new LocalWitness("witness.example");
        return LoggedTwice(entry => witness.Cosign(entry)).Ask(policy => policy with { Witnesses = new([witness.Known], 1) });
    }
}
