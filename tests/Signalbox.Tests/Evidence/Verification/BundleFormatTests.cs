using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Evidence.Verification;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>What is not a bundle as it should be, by the reason that is given: each is a valid one but for that.</summary>
public sealed class BundleFormatTests
{
    private static readonly Dictionary<string, (string Sample, Action<JsonObject> Change)> s_changes = new(StringComparer.Ordinal)
    {
        // what is not understood must not be passed over, wherever it stands
        ["the bundle has a field 'x' that is not understood"] = ("message-0.3", bundle => bundle["x"] = 1),
        ["the bundle.verificationMaterial has a field 'x' that is not understood"] = ("message-0.3", bundle => Material(bundle)["x"] = 1),
        ["the bundle.verificationMaterial.publicKey has a field 'x' that is not understood"] = ("key-p256", bundle => Material(bundle)["publicKey"]!["x"] = 1),
        ["the bundle.verificationMaterial.certificate has a field 'x' that is not understood"] = ("message-0.3", bundle => Material(bundle)["certificate"]!["x"] = 1),
        ["the bundle.verificationMaterial.x509CertificateChain has a field 'x' that is not understood"] = ("message-0.2", bundle => Material(bundle)["x509CertificateChain"]!["x"] = 1),
        ["the bundle.verificationMaterial.x509CertificateChain.certificates[0] has a field 'x' that is not understood"] = ("message-0.2", bundle => Material(bundle)["x509CertificateChain"]!["certificates"]![0]!["x"] = 1),
        ["the bundle.verificationMaterial.timestampVerificationData has a field 'x' that is not understood"] = ("message-rekor2", bundle => Material(bundle)["timestampVerificationData"]!["x"] = 1),
        ["the bundle.verificationMaterial.timestampVerificationData.rfc3161Timestamps[0] has a field 'x' that is not understood"] = ("message-rekor2", bundle => Material(bundle)["timestampVerificationData"]!["rfc3161Timestamps"]![0]!["x"] = 1),
        ["the bundle.verificationMaterial.tlogEntries[0] has a field 'x' that is not understood"] = ("message-0.3", bundle => Entry(bundle)["x"] = 1),
        ["the bundle.verificationMaterial.tlogEntries[0].logId has a field 'x' that is not understood"] = ("message-0.3", bundle => Entry(bundle)["logId"]!["x"] = 1),
        ["the bundle.verificationMaterial.tlogEntries[0].kindVersion has a field 'x' that is not understood"] = ("message-0.3", bundle => Entry(bundle)["kindVersion"]!["x"] = 1),
        ["the bundle.verificationMaterial.tlogEntries[0].inclusionPromise has a field 'x' that is not understood"] = ("message-0.3", bundle => Entry(bundle)["inclusionPromise"]!["x"] = 1),
        ["the bundle.verificationMaterial.tlogEntries[0].inclusionProof has a field 'x' that is not understood"] = ("message-0.3", bundle => Proof(bundle)["x"] = 1),
        ["the bundle.verificationMaterial.tlogEntries[0].inclusionProof.checkpoint has a field 'x' that is not understood"] = ("message-0.3", bundle => Proof(bundle)["checkpoint"]!["x"] = 1),
        ["the bundle.messageSignature has a field 'x' that is not understood"] = ("message-0.3", bundle => bundle["messageSignature"]!["x"] = 1),
        ["the bundle.messageSignature.messageDigest has a field 'x' that is not understood"] = ("message-0.3", bundle => bundle["messageSignature"]!["messageDigest"]!["x"] = 1),
        ["the bundle.dsseEnvelope has a field 'x' that is not understood"] = ("statement-dsse", bundle => bundle["dsseEnvelope"]!["x"] = 1),
        ["the bundle.dsseEnvelope.signatures[0] has a field 'x' that is not understood"] = ("statement-dsse", bundle => bundle["dsseEnvelope"]!["signatures"]![0]!["x"] = 1),

        ["the bundle's media type is 'application/x'; expected a Sigstore bundle 0.1 to 0.3"] = ("message-0.3", bundle => bundle["mediaType"] = "application/x"),
        ["the bundle's media type is ''; expected a Sigstore bundle 0.1 to 0.3"] = ("message-0.3", bundle => bundle.Remove("mediaType")),
        ["the bundle's certificate chain is empty"] = ("message-0.2", bundle => Material(bundle)["x509CertificateChain"]!["certificates"] = new JsonArray()),
        ["a bundle of version 0.3 must have the signing certificate alone, an earlier one a chain"] = ("message-0.3", bundle => bundle["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.2"),
        ["the bundle must have exactly one of publicKey, x509CertificateChain and certificate"] = ("message-0.3", bundle => Material(bundle)["publicKey"] = new JsonObject()),
        ["the bundle must have exactly one of messageSignature and dsseEnvelope"] = ("message-0.3", bundle => bundle.Remove("messageSignature")),
        ["the envelope has 0 signatures; expected exactly one"] = ("statement-dsse", bundle => bundle["dsseEnvelope"]!["signatures"] = new JsonArray()),
        ["the envelope has 2 signatures; expected exactly one"] = ("statement-dsse", bundle => bundle["dsseEnvelope"]!["signatures"]!.AsArray().Add(bundle["dsseEnvelope"]!["signatures"]![0]!.DeepClone())),
        ["the bundle and its envelope hint at different keys"] = ("key-statement-bare", bundle => bundle["dsseEnvelope"]!["signatures"]![0]!["keyid"] = "another"),

        ["the bundle.mediaType is a number; expected a string"] = ("message-0.3", bundle => bundle["mediaType"] = 5),
        ["the bundle.verificationMaterial is missing or empty"] = ("message-0.3", bundle => bundle["verificationMaterial"] = null),
        ["the bundle.verificationMaterial is a list; expected an object"] = ("message-0.3", bundle => bundle["verificationMaterial"] = new JsonArray()),
        ["the bundle.verificationMaterial.tlogEntries is an object; expected a list"] = ("message-0.3", bundle => Material(bundle)["tlogEntries"] = new JsonObject()),
        ["the bundle.verificationMaterial.tlogEntries[0] is a string; expected an object"] = ("message-0.3", bundle => Material(bundle)["tlogEntries"] = new JsonArray("x")),
        ["the bundle.verificationMaterial.tlogEntries[0].logIndex is true or false; expected a number"] = ("message-0.3", bundle => Entry(bundle)["logIndex"] = true),
        ["the bundle.verificationMaterial.tlogEntries[0].logIndex is '007'; expected a whole number"] = ("message-0.3", bundle => Entry(bundle)["logIndex"] = "007"),
        ["the bundle.verificationMaterial.tlogEntries[0].logIndex is '+7'; expected a whole number"] = ("message-0.3", bundle => Entry(bundle)["logIndex"] = "+7"),
        ["the bundle.verificationMaterial.tlogEntries[0].logIndex is '7.0'; expected a whole number"] = ("message-0.3", bundle => Entry(bundle)["logIndex"] = JsonNode.Parse("7.0")),
        ["the bundle.verificationMaterial.tlogEntries[0].logIndex is '9223372036854775808'; expected a whole number"] = ("message-0.3", bundle => Entry(bundle)["logIndex"] = "9223372036854775808"),
        ["the bundle.verificationMaterial.tlogEntries[0].logIndex is negative"] = ("message-0.3", bundle => Entry(bundle)["logIndex"] = -1),
        ["the bundle.verificationMaterial.tlogEntries[0].inclusionProof.treeSize is negative"] = ("message-0.3", bundle => Proof(bundle)["treeSize"] = "-7"),
        ["the bundle.verificationMaterial.tlogEntries[0].inclusionProof.hashes is not canonical base64"] = ("message-0.3", bundle => Proof(bundle)["hashes"]![0] = 5),
        ["the bundle.verificationMaterial.tlogEntries[0].inclusionProof.rootHash is not canonical base64"] = ("message-0.3", bundle => Proof(bundle)["rootHash"] = "AB=="),
        ["the bundle.verificationMaterial.tlogEntries[0].logId.keyId is missing or empty"] = ("message-0.3", bundle => Entry(bundle)["logId"]!["keyId"] = ""),
    };

    public static TheoryData<string> Reasons => [.. s_changes.Keys];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Bundle_WithOneThingWrong_IsRefusedForThat(string reason)
    {
        var (name, change) = s_changes[reason];
        IsRefused(reason, LocalSamples.Get(name).Change(change).Verify());
    }

    [Theory]
    [InlineData("[]", "the bundle is a list; expected an object")]
    [InlineData("null", "the bundle is null; expected an object")]
    [InlineData("true", "the bundle is true or false; expected an object")]
    [InlineData("5", "the bundle is a number; expected an object")]
    [InlineData("\"x\"", "the bundle is a string; expected an object")]
    [InlineData("{\"mediaType\":\"\\ud800\"}", "the bundle.mediaType is not well-formed text")]
    [InlineData("{\"payload\":\"AA==\"}", "the bundle has a field 'payload' that is not understood")]
    [InlineData("{\"payloadType\":\"x\"}", "the bundle has a field 'payloadType' that is not understood")]
    [InlineData("{\"payload\":\"AA==\",\"payloadType\":\"x\"}", "the envelope has 0 signatures; expected exactly one")]
    public void File_ThatIsNoBundle_IsRefusedForWhatItIs(string text, string reason) =>
        IsRefused(reason, (LocalSamples.Get("message-0.3") with { Bundle = Encoding.UTF8.GetBytes(text) }).Verify());

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"mediaType\":\"a\",\"mediaType\":\"a\"}")]
    public void File_ThatIsNotJson_IsSaidToBeNone(string text) =>
        Assert.StartsWith("the bundle is not JSON as it should be: ", (LocalSamples.Get("message-0.3") with { Bundle = Encoding.UTF8.GetBytes(text) }).Verify().Reason, StringComparison.Ordinal);

    private static void IsRefused(string reason, VerificationResult result)
    {
        Assert.Equal((VerificationError.BadBundle, reason), (result.Error, result.Reason));
        Assert.Equal(new VerificationStep("format", LinkOutcome.Refused, reason), result.Steps[^1]);
        Assert.False(result.Accepted);
    }

    private static JsonNode Material(JsonObject bundle) => bundle["verificationMaterial"]!;

    private static JsonNode Entry(JsonObject bundle) => Material(bundle)["tlogEntries"]![0]!;

    private static JsonNode Proof(JsonObject bundle) => Entry(bundle)["inclusionProof"]!;
}
