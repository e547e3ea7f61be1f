using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Signalbox.Evidence.Verification;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>A bundle that would hold but for one thing is refused for that thing, at its link.</summary>
public sealed class RefusalTests
{
    private sealed record Refused(LocalSample Sample, VerificationError Error, string Link, string Reason);

    private static readonly string s_other = new('0', 64), s_signed = $"{LocalSigstore.SignedAt:u}";
    private static readonly LocalSigstore s_stranger = new();

    private static readonly ExpectedSigner s_workflow = ExpectedSigner.Identity(LocalSigstore.Workflow, LocalSigstore.GitHubIssuer);

    private static readonly Dictionary<string, Func<Refused>> s_rows = new(StringComparer.Ordinal)
    {
        ["no log entry"] = () => NoLog(Changed("message-0.3", material => material.Remove("tlogEntries")), "the bundle has no transparency log entry"),
        ["no log entry, where one is demanded of a key"] = () => NoLog(Asked("key-p256-bare", policy => policy with { RequireLog = true }), "the bundle has no transparency log entry"),
        ["a log entry without proof"] = () => NoLog(Changed("message-0.3", material =>
        {
            Entry(material).Remove("inclusionPromise");
            Entry(material).Remove("inclusionProof");
        }), "a transparency log entry of the bundle has no proof"),
        ["a second log entry without proof"] = () => NoLog(Changed("message-0.3", material =>
        {
            var second = LocalSamples.Instance.Rekor.Again(Entry(material), body => body["again"] = true);
            second.Remove("inclusionPromise");
            second.Remove("inclusionProof");
            material["tlogEntries"]!.AsArray().Add(second);
        }), "a transparency log entry of the bundle has no proof"),
        ["no promise in a bundle 0.1"] = () => NoLog(LocalSamples.Message(bundle => bundle with { Version = "0.1", WithPromise = false }), "a transparency log entry has no promise, which a bundle of version 0.1 must have"),
        ["no inclusion proof in a bundle 0.3"] = () => NoLog(LocalSamples.Message(bundle => bundle with { WithProof = false }), "a transparency log entry has no inclusion proof with a checkpoint, which a bundle of version 0.2 or later must have"),
        ["no checkpoint in a bundle 0.2"] = () => NoLog(Changed("message-0.2", material => Entry(material)["inclusionProof"]!.AsObject().Remove("checkpoint")), "a transparency log entry has no inclusion proof with a checkpoint, which a bundle of version 0.2 or later must have"),
        ["an envelope alone, and no key"] = () => new(Asked("key-envelope-bare", policy => policy with { Signers = [s_workflow] }), VerificationError.NoLogProof, "format", "the file has no proof from a transparency log"),
        ["no checkpoint that witnesses could have signed"] = () => NoLog(Asked("message-0.1", policy => policy with { Witnesses = new([new LocalWitness("witness.example").Known], 1) }), "the bundle has no checkpoint of a log, which witnesses could have signed"),

        ["a log that is not trusted"] = () => Bad("time", $"the log {Convert.ToHexStringLower(LocalSamples.Instance.Rekor.Id[..8])}… is not a trusted one", LocalSamples.Get("message-0.3").Under(root => root["tlogs"]!.AsArray().RemoveAt(0))),
        ["a log of a short id"] = () => Bad("time", "the log 010203… is not a trusted one", Changed("message-0.3", material => Entry(material)["logId"]!["keyId"] = Convert.ToBase64String([1, 2, 3]))),
        ["a time in the future"] = () => Bad("time", $"the signature is from {s_signed}, which is in the future", LocalSamples.Get("message-0.3") with { Now = LocalSigstore.SignedAt.AddMinutes(-5).AddTicks(-1) }),
        ["no time"] = () => Bad("certificate", "nothing trusted says when it was signed, so the certificate cannot be judged", LocalSamples.Message(bundle => bundle with { WithPromise = false })),
        ["a log that was not trusted when it was stamped"] = () => Bad("log-inclusion", $"the log rekor.local was not trusted at {s_signed}", LogUntil(LocalSamples.Get("message-timestamp-without-promise"), LocalSigstore.SignedAt.AddDays(-1))),
        ["a log that is not trusted now, where nothing says when"] = () => Bad("log-inclusion", $"the log rekor.local was not trusted at {LocalSigstore.Now:u}", LogUntil(LocalSamples.Keyed(LocalKey.P256(), EntryKind.HashedRekord, withPromise: false), LocalSigstore.SignedAt.AddDays(1))),
        ["another index than its proof's"] = () => Bad("log-inclusion", "the log entry and its proof have different indexes", Changed("message-rekor2", material => Entry(material)["logIndex"] = "4")),
        ["a proof without checkpoint that leads elsewhere"] = () => Bad("log-inclusion", "the inclusion proof does not lead from the entry to the log's root", LocalSamples.Message(bundle => bundle with { Version = "0.1" }).Change(bundle =>
        {
            var proof = Entry(bundle["verificationMaterial"]!.AsObject())["inclusionProof"]!.AsObject();
            proof.Remove("checkpoint");
            proof["hashes"]![0] = Convert.ToBase64String(new byte[32]);
        })),

        ["a root of its own"] = () => Bad("format", "the bundle brings a root certificate of its own", Bringing(s_stranger.Root)),
        ["a certificate of nobody's"] = () => Bad("certificate", "the bundle brings a certificate that is not on the path to the trusted authority", Bringing(s_stranger.Intermediate)),
        ["an authority that is not trusted"] = () => Bad("certificate", $"the certificate of a name without common name was not issued by a trusted authority at {s_signed}", LocalSamples.Get("message-0.3").Under(root => root["certificateAuthorities"] = s_stranger.TrustedRootJson()["certificateAuthorities"]!.DeepClone())),
        ["an authority that was trusted earlier"] = () => Bad("certificate", $"no certificate authority was trusted at {s_signed}", LocalSamples.Get("message-0.3").Under(root => root["certificateAuthorities"]![0]!["validFor"]!["end"] = "2026-02-28T12:00:00Z")),
        ["a certificate log that is not trusted"] = () => Bad("certificate-log", "no trusted certificate log has promised to hold the certificate", LocalSamples.Get("message-0.3").Under(root => root["ctlogs"] = s_stranger.TrustedRootJson()["ctlogs"]!.DeepClone())),

        ["an entry of another signature"] = () => Bad("log-entry", "the log entry is for another signature than the bundle's", Relogged("message-0.3", spec => spec["signature"]!["content"] = "AAAA")),
        ["an entry of another artifact"] = () => Bad("log-entry", "the log entry is for another artifact", Relogged("message-0.3", spec => spec["data"]!["hash"]!["value"] = s_other)),
        ["an entry of another signer"] = () => Bad("log-entry", "the log entry is for another signer than the bundle's", Relogged("message-0.3", spec => spec["signature"]!["publicKey"]!["content"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(s_stranger.Root.Pem)))),
        ["a statement that was not signed"] = () => Bad("signature", "the signature is not over this envelope by this signer", LocalSamples.Get("key-statement-bare").Change(bundle => bundle["dsseEnvelope"]!["payload"] = "e30=")),
        ["an artifact that was not signed"] = () => Bad("signature", "the signature is not over this artifact by this signer", Asked("key-p256-bare", policy => policy with { Artifact = [new("sha256", s_other)] })),
        ["a key, and none was given"] = () => new(Asked("key-p256", policy => policy with { Signers = [s_workflow] }), VerificationError.UntrustedKey, "format", "the bundle was signed with a key of its own, and no key was given"),
        ["a certificate, and a key was given"] = () => new(Asked("message-0.3", policy => policy with { Signers = [ExpectedSigner.Holder(TrustedKey.FromPem(LocalKey.P256().Pem))] }), VerificationError.UntrustedKey, "format", "the bundle was signed with a certificate; expected the key that was given"),
        ["nobody is expected"] = () => new(Asked("message-0.3", policy => policy with { Signers = [] }), VerificationError.NoExpectation, "signer", $"signed by {LocalSigstore.Workflow}, vouched for by {LocalSigstore.GitHubIssuer}; nothing says whom to expect"),

        ["a digest beside the signature of something else"] = () => Mismatch("the bundle's message digest is not the artifact's", LocalSamples.Get("message-0.3").Change(bundle => bundle["messageSignature"]!["messageDigest"]!["digest"] = Convert.ToBase64String(new byte[32]))),
        ["a digest beside the signature that is not understood"] = () => Mismatch("the bundle's message digest is not the artifact's", LocalSamples.Get("message-0.3").Change(bundle => bundle["messageSignature"]!["messageDigest"]!["algorithm"] = "SHA3_256")),
        ["a digest beside the signature that nothing is compared with"] = () => Mismatch("the bundle's message digest is not the artifact's", LocalSamples.Get("message-0.3").Change(bundle => bundle["messageSignature"]!["messageDigest"] = new JsonObject { ["algorithm"] = "SHA2_512", ["digest"] = Convert.ToBase64String(SHA512.HashData("hello\n"u8)) })),
        ["a statement about something else"] = () => Mismatch($"no subject of the statement has the digest sha256:{s_other}", Asked("statement-dsse", policy => policy with { Artifact = [new("sha256", s_other)] })),
        ["a message where provenance is asked"] = () => new(Asked("message-0.3", policy => policy with { Provenance = new("github.com/acme/app") { Branch = "main" } }), VerificationError.InvalidDssePayload, "artifact", "a message was signed, not provenance; a signature meets --source alone, and with --identity"),
        ["a message of another source"] = () => new(Asked("message-0.3", policy => policy with { Provenance = new("github.com/acme/other") }), VerificationError.MismatchSource, "source", "the certificate is for a build of 'https://github.com/acme/app'; expected 'https://github.com/acme/other'"),
        ["provenance by a plain key"] = () => new(Asked("key-statement-bare", policy => policy with { Provenance = new("github.com/acme/app") }), VerificationError.NotSupported, "artifact", "provenance signed with a plain key names no builder"),
        ["provenance without its package's registry"] = () => new(Asked("github-attestation", policy => policy with { Provenance = policy.Provenance! with { Package = LocalSamples.Get("npm").Policy.Provenance!.Package } }), VerificationError.InvalidFormat, "artifact", "the file is no list of package attestations, and a package's registry attests in one"),
    };

    public static TheoryData<string> Names => [.. s_rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Bundle_ThatFailsInOneThing_IsRefusedForThat(string name)
    {
        var row = s_rows[name]();
        var result = row.Sample.Verify();
        Assert.Equal((row.Error, row.Reason), (result.Error, result.Reason));
        Assert.Equal(new VerificationStep(row.Link, LinkOutcome.Refused, row.Reason), result.Steps[^1]);
        Assert.False(result.Accepted);
    }

    private static Refused NoLog(LocalSample sample, string reason) => new(sample, VerificationError.NoLogProof, "log-entry", reason);

    private static Refused Bad(string link, string reason, LocalSample sample) => new(sample, VerificationError.BadBundle, link, reason);

    private static Refused Mismatch(string reason, LocalSample sample) => new(sample, VerificationError.MismatchHash, "artifact", reason);

    private static LocalSample Asked(string name, Func<VerificationPolicy, VerificationPolicy> change) => LocalSamples.Get(name).Ask(change);

    private static LocalSample Changed(string name, Action<JsonObject> change) => LocalSamples.Get(name).Change(bundle => change((JsonObject)bundle["verificationMaterial"]!));

    /// <summary>With something else written into the log, which holds it as it should.</summary>
    private static LocalSample Relogged(string name, Action<JsonNode> change) =>
        Changed(name, material => material["tlogEntries"]![0] = LocalSamples.Instance.Rekor.Again(Entry(material), body => change(body["spec"]!)));

    private static LocalSample Bringing(LocalCertificate certificate) =>
        Changed("message-0.2", material => material["x509CertificateChain"]!["certificates"]!.AsArray().Add(LocalSigstore.Raw(certificate.Der)));

    private static LocalSample LogUntil(LocalSample sample, DateTimeOffset end) =>
        sample.Under(root => root["tlogs"]![0]!["publicKey"]!["validFor"]!["end"] = end.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture));

    private static JsonObject Entry(JsonObject material) => material["tlogEntries"]![0]!.AsObject();
}
