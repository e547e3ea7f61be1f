using System.Text.Json.Nodes;
using Signalbox.Evidence.Verification;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>What is no reason to refuse: one of several that holds, and everything up to a limit.</summary>
public sealed class AcceptanceTests
{
    private static readonly ExpectedSigner s_workflow = ExpectedSigner.Identity(LocalSigstore.Workflow, LocalSigstore.GitHubIssuer);
    private static readonly LocalSigstore s_stranger = new();

    private static readonly Dictionary<string, Func<LocalSample>> s_samples = new(StringComparer.Ordinal)
    {
        ["a trusted root that comes along, one of several"] = () => Bringing(LocalSamples.Instance.Root).Under(root => root["certificateAuthorities"]!.AsArray().Insert(0, Authority(s_stranger))),
        ["an authority among others"] = () => LocalSamples.Get("message-0.3").Under(root => root["certificateAuthorities"]!.AsArray().Insert(0, Authority(s_stranger))),
        ["an intermediate that comes along, where the root alone is trusted"] = () => Bringing(LocalSamples.Instance.Intermediate).Under(root => root["certificateAuthorities"]![0]!["certChain"]!["certificates"]!.AsArray().RemoveAt(0)),
        ["a certificate, where a key would do too"] = () => LocalSamples.Get("message-0.3").Ask(policy => policy with { Signers = [Holder(LocalKey.P256()), s_workflow] }),
        ["a key, where a name would do too"] = () => LocalSamples.Get("key-p256").Ask(policy => policy with { Signers = [s_workflow, .. policy.Signers] }),
        ["the first of several keys"] = () => LocalSamples.Get("key-p384-sha256-bare").Ask(policy => policy with { Signers = [.. policy.Signers, Holder(LocalKey.P256())] }),
        ["the last of several keys"] = () => LocalSamples.Get("key-p384-bare").Ask(policy => policy with { Signers = [Holder(LocalKey.P256()), .. policy.Signers] }),
        ["a time as far ahead as clocks differ"] = () => LocalSamples.Get("message-0.3") with { Now = LocalSigstore.SignedAt.AddMinutes(-5) },
        ["a log that has ended since"] = () => LocalSamples.Get("message-timestamp-without-promise").Under(root => root["tlogs"]![0]!["publicKey"]!["validFor"]!["end"] = "2026-03-02T12:00:00Z"),
        ["no log entry, where none is demanded"] = () => LocalSamples.Message(bundle => bundle with { Entry = EntryKind.None, WithTimestamp = true }).Ask(policy => policy with { RequireLog = false }),
        ["a digest beside the signature that is not said"] = () => LocalSamples.Get("message-0.3").Change(bundle => bundle["messageSignature"]!.AsObject().Remove("messageDigest")),
        ["an image that is one of several"] = () => LocalSamples.Get("image-keyless").Ask(policy => policy with { Artifact = [new("sha256", new('0', 64)), .. policy.Artifact] }),
    };

    public static TheoryData<string> Names => [.. s_samples.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Bundle_ThatHolds_IsAccepted(string name)
    {
        var result = s_samples[name]().Verify();
        Assert.True(result.Accepted, result.Reason);
        Assert.Null(result.Error);
        Assert.DoesNotContain(result.Steps, step => step.Outcome == LinkOutcome.Refused);
    }

    [Theory]
    [InlineData(32, 32, null)]
    [InlineData(33, 1, "the bundle has 33 log entries and 1 timestamps; the most is 32 of each")]
    [InlineData(1, 33, "the bundle has 1 log entries and 33 timestamps; the most is 32 of each")]
    public void Proofs_UpToThirtyTwoOfEach_AreTaken(int entries, int timestamps, string? reason)
    {
        var sample = LocalSamples.Message(bundle => bundle with { WithTimestamp = true }).Change(bundle =>
        {
            var (logged, stamped) = (bundle["verificationMaterial"]!["tlogEntries"]!.AsArray(), bundle["verificationMaterial"]!["timestampVerificationData"]!["rfc3161Timestamps"]!.AsArray());
            var signature = Convert.FromBase64String((string)bundle["messageSignature"]!["signature"]!);
            while (logged.Count < entries) logged.Add(LocalSamples.Instance.Rekor.Again(logged[0]!, body => body["again"] = logged.Count));
            while (stamped.Count < timestamps) stamped.Add(new JsonObject { ["signedTimestamp"] = Convert.ToBase64String(LocalSamples.Instance.Timestamps.Stamp(signature, LocalSigstore.SignedAt)) });
        });
        Assert.Equal(reason, sample.Verify().Reason);
    }

    [Fact]
    public void Certificates_UpToTheLeafAndTenMore_AreTaken()
    {
        var sample = LocalSamples.Get("message-0.2").Change(bundle =>
        {
            for (var i = 0; i < 10; i++) bundle["verificationMaterial"]!["x509CertificateChain"]!["certificates"]!.AsArray().Add(LocalSigstore.Raw(LocalSamples.Instance.Root.Der));
        });
        Assert.True(sample.Verify().Accepted, sample.Verify().Reason);
    }

    private static ExpectedSigner Holder(LocalKey key) => ExpectedSigner.Holder(TrustedKey.FromPem(key.Pem));

    private static JsonNode Authority(LocalSigstore instance) => instance.TrustedRootJson()["certificateAuthorities"]![0]!.DeepClone();

    private static LocalSample Bringing(LocalCertificate certificate) =>
        LocalSamples.Get("message-0.2").Change(bundle => bundle["verificationMaterial"]!["x509CertificateChain"]!["certificates"]!.AsArray().Add(LocalSigstore.Raw(certificate.Der)));
}
