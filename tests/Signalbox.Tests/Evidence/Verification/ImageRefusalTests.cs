using System.Text.Json.Nodes;
using Signalbox.Evidence.Verification;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>An image's signature that would hold but for one thing is refused for that thing, at its link.</summary>
public sealed class ImageRefusalTests
{
    private const string Prefix = "dev.sigstore.cosign/";

    private sealed record Refused(LocalSample Sample, VerificationError Error, string Link, string Reason);

    private static readonly string s_other = "sha256:" + new string('b', 64);

    private static readonly Dictionary<string, Func<Refused>> s_rows = new(StringComparer.Ordinal)
    {
        ["no signature"] = () => Bad("the layer has no signature annotation", annotations => annotations.Remove("dev.cosignproject.cosign/signature")),
        ["an empty signature"] = () => Bad("the layer has no signature annotation", annotations => annotations["dev.cosignproject.cosign/signature"] = ""),
        ["a signature in another spelling"] = () => Bad("the signature annotation is not canonical base64", annotations => annotations["dev.cosignproject.cosign/signature"] = "AB=="),
        ["a key in place of the certificate"] = () => Bad($"the annotation {Prefix}certificate holds a PUBLIC KEY", annotations => annotations[Prefix + "certificate"] = LocalKey.P256().Pem),
        ["a key in the chain"] = () => Bad($"the annotation {Prefix}chain holds a PUBLIC KEY", annotations => annotations[Prefix + "chain"] = (string)annotations[Prefix + "chain"]! + LocalKey.P256().Pem),
        ["a chain that is none"] = () => Bad($"the annotation {Prefix}chain is not PEM", annotations => annotations[Prefix + "chain"] = "x"),
        ["a log's id in capitals"] = () => BadLog("the log annotation's logID is 'AB'; expected digits and small letters of hex", log => log["Payload"]!["logID"] = "AB"),
        ["a log's id of half a byte"] = () => BadLog("the log annotation's logID is 'abc'; expected digits and small letters of hex", log => log["Payload"]!["logID"] = "abc"),
        ["a log's id that is partly hex"] = () => BadLog("the log annotation's logID is 'ag'; expected digits and small letters of hex", log => log["Payload"]!["logID"] = "ag"),
        ["a log entry without time"] = () => BadLog("the log annotation.Payload.integratedTime is missing or empty", log => log["Payload"]!.AsObject().Remove("integratedTime")),
        ["a log entry without place"] = () => BadLog("the log annotation.Payload.logIndex is missing or empty", log => log["Payload"]!.AsObject().Remove("logIndex")),
        ["a log entry without promise"] = () => BadLog("the log annotation.SignedEntryTimestamp is missing or empty", log => log.Remove("SignedEntryTimestamp")),
        ["a log entry that is not JSON's object"] = () => BadLog("the log entry is a list; expected an object", log => log["Payload"]!["body"] = Convert.ToBase64String("[]"u8)),

        ["a document of another kind"] = () => new(Signed(LocalImages.Document(LocalImages.Image, "something else")), VerificationError.InvalidDssePayload, "artifact", "the signed document is not of an image's signature"),
        ["a document without image"] = () => new(Signed("""{"critical":{"type":"cosign container image signature"}}"""u8.ToArray()), VerificationError.BadBundle, "artifact", "the signed document.critical.image is missing or empty"),
        ["a document that is not JSON's object"] = () => new(Signed("[]"u8.ToArray()), VerificationError.BadBundle, "artifact", "the signed document is a list; expected an object"),
        ["another image"] = () => new(Signed(LocalImages.Document(s_other)), VerificationError.MismatchHash, "artifact", $"the signature is over the image {s_other}; expected {LocalImages.Image}"),
        ["provenance is asked"] = () => new(Image().Ask(policy => policy with { Provenance = new("github.com/acme/app") { Tag = "v1" } }), VerificationError.InvalidDssePayload, "artifact", "an image's signature is no provenance, which was asked for; a signature meets --source alone, and with --identity"),
        ["a source is asked of a key"] = () => new(LocalSamples.Get("key-image-bare").Ask(policy => policy with { Provenance = new("github.com/acme/app") }), VerificationError.InvalidDssePayload, "artifact", "an image's signature is no provenance, which was asked for; a signature meets --source alone, and with --identity"),
        ["another source is asked"] = () => new(Image().Ask(policy => policy with { Provenance = new("github.com/acme/other") }), VerificationError.MismatchSource, "source", "the certificate is for a build of 'https://github.com/acme/app'; expected 'https://github.com/acme/other'"),
    };

    public static TheoryData<string> Names => [.. s_rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Signature_ThatFailsInOneThing_IsRefusedForThat(string name)
    {
        var row = s_rows[name]();
        var result = row.Sample.Verify();
        Assert.Equal((row.Error, row.Reason), (result.Error, result.Reason));
        Assert.Equal(new VerificationStep(row.Link, LinkOutcome.Refused, row.Reason), result.Steps[^1]);
    }

    private static LocalSample Image() => LocalSamples.Get("image-keyless");

    private static LocalSample Signed(byte[] document) => Image() with { Bundle = LocalImages.Manifest(LocalImages.Keyless(LocalSamples.Instance, document)) };

    private static Refused Bad(string reason, Action<JsonObject> change) =>
        new(Image().Change(manifest => change(manifest["layers"]![0]!["annotations"]!.AsObject())), VerificationError.BadBundle, "format", reason);

    private static Refused BadLog(string reason, Action<JsonObject> change) => Bad(reason, annotations =>
    {
        var log = (JsonObject)JsonNode.Parse((string)annotations[Prefix + "bundle"]!)!;
        change(log);
        annotations[Prefix + "bundle"] = System.Text.Encoding.UTF8.GetString(LocalBundle.Write(log));
    });
}
