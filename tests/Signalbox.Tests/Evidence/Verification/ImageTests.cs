using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Images;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>Image signatures as cosign stores them, and the layouts they are saved in.</summary>
public sealed class ImageTests
{
    private static readonly string s_image = "sha256:" + new string('a', 64);

    private static LocalSigstore Instance => LocalSamples.Instance;

    private static VerificationPolicy Policy(string image, ExpectedSigner signer) => LocalImages.Policy(image, signer);

    private static byte[] Document(string image, string type = "cosign container image signature") => LocalImages.Document(image, type);

    private static ImageSignature Keyless(byte[] document) => LocalImages.Keyless(Instance, document);

    private static ExpectedSigner Signer => ExpectedSigner.Identity(LocalSigstore.Workflow, LocalSigstore.GitHubIssuer);

    [Fact]
    public void KeylessSignature_OfTheImage_IsAccepted()
    {
        var result = Keyless(Document(s_image)).Verify(Instance.TrustedRoot(), Policy(s_image, Signer), LocalSigstore.Now);
        Assert.True(result.Accepted, result.Reason);
        Assert.Equal("registry.local/app", result.Facts.Subjects[0].Name);
    }

    [Fact]
    public void KeylessSignature_OfAnotherImageOrAnotherKind_IsRefused()
    {
        var root = Instance.TrustedRoot();
        Assert.Equal(VerificationError.MismatchHash, Keyless(Document("sha256:" + new string('b', 64))).Verify(root, Policy(s_image, Signer), LocalSigstore.Now).Error);
        Assert.Equal(VerificationError.InvalidDssePayload, Keyless(Document(s_image, "something else")).Verify(root, Policy(s_image, Signer), LocalSigstore.Now).Error);
    }

    [Theory]
    [InlineData("dev.cosignproject.cosign/signature", VerificationError.BadBundle)]
    [InlineData("dev.sigstore.cosign/certificate", VerificationError.BadBundle)]
    [InlineData("dev.sigstore.cosign/bundle", VerificationError.NoLogProof)]
    public void KeylessSignature_WithoutAnAnnotation_IsRefused(string missing, VerificationError error)
    {
        var signature = Keyless(Document(s_image));
        var without = signature with { Annotations = signature.Annotations.Where(a => a.Key != missing).ToDictionary() };
        Assert.Equal(error, without.Verify(Instance.TrustedRoot(), Policy(s_image, Signer), LocalSigstore.Now).Error);
    }

    [Fact]
    public void KeyedSignature_IsAcceptedWithItsKeyAlone()
    {
        var key = LocalKey.P256();
        var signature = LocalImages.Keyed(key, Document(s_image));
        Assert.True(signature.Verify(Instance.TrustedRoot(), Policy(s_image, ExpectedSigner.Holder(TrustedKey.FromPem(key.Pem))), LocalSigstore.Now).Accepted);
        Assert.False(signature.Verify(Instance.TrustedRoot(), Policy(s_image, ExpectedSigner.Holder(TrustedKey.FromPem(LocalKey.P256().Pem))), LocalSigstore.Now).Accepted);
    }

    [Fact]
    public void Layout_GivesItsImageAndTheEvidenceAboutIt()
    {
        var layout = Layout(out var image);
        Assert.Equal(image, Open(layout).ImageDigest().ToString());
        var evidence = Assert.Single(Open(layout).EvidenceFor(new("sha256", image[7..])));
        Assert.Equal("payload", Encoding.UTF8.GetString(evidence.Content));
        Assert.Equal("x", evidence.Annotations["dev.cosignproject.cosign/signature"]);
    }

    [Fact]
    public void Layout_WithABlobThatIsNotItsDigest_IsRefused()
    {
        var layout = Layout(out var image);
        foreach (var blob in layout.Keys.Where(path => path.StartsWith("blobs/", StringComparison.Ordinal)).ToList()) layout[blob] = [1, 2, 3];
        Assert.Throws<FormatException>(() => Open(layout).EvidenceFor(new("sha256", image[7..])));
    }

    /// <summary>Nobody signs the index: whoever packed the layout wrote what it says of an entry.</summary>
    [Theory]
    [InlineData("""{"kind":"dev.cosignproject.cosign/sigs"}""", null, true)]
    [InlineData("""{"org.opencontainers.image.ref.name":"app.sig"}""", null, true)]
    [InlineData("""{"org.opencontainers.image.ref.name":"app:1.4"}""", "application/vnd.example", true)]
    [InlineData("""{"kind":"dev.cosignproject.cosign/image"}""", null, false)]
    public void Layout_WhoseIndexCallsAnImageASignature_HoldsTwoImages(string annotations, string? artifactType, bool isGoodThere)
    {
        var layout = Layout(out var good);
        var evil = Add(layout, $$"""{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{good}}"},"subject":{"digest":"{{good}}"},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:{{new string('e', 64)}}"}]}""");
        var index = JsonNode.Parse(layout["index.json"])!;
        index["manifests"]!.AsArray().Add(new JsonObject { ["digest"] = evil, ["artifactType"] = artifactType, ["annotations"] = JsonNode.Parse(annotations) });
        layout["index.json"] = Encoding.UTF8.GetBytes(index.ToJsonString());
        if (!isGoodThere) layout.Remove($"blobs/sha256/{good[7..]}");
        Assert.Contains(isGoodThere ? "2 images" : "missing in the layout", Assert.Throws<FormatException>(() => Open(layout).ImageDigest()).Message, StringComparison.Ordinal);
        if (!isGoodThere) Assert.Throws<FormatException>(() => Open(layout).EvidenceFor(new("sha256", good[7..])));
    }

    [Fact]
    public void Layout_WithEvidenceAboutAnImage_HoldsOne()
    {
        var layout = Layout(out var image);
        var report = Add(layout, "{}");
        var attached = Add(layout, $$"""{"schemaVersion":2,"artifactType":"application/vnd.example.sbom","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{{report}}"},"subject":{"digest":"{{image}}"},"layers":[{"mediaType":"application/vnd.example.sbom","digest":"{{report}}"}]}""");
        var index = JsonNode.Parse(layout["index.json"])!;
        index["manifests"]!.AsArray().Add(new JsonObject { ["digest"] = attached });
        layout["index.json"] = Encoding.UTF8.GetBytes(index.ToJsonString());
        Assert.Equal(image, Open(layout).ImageDigest().ToString());
        Assert.Equal(2, Open(layout).EvidenceFor(new("sha256", image[7..])).Count);
    }

    [Fact]
    public void Layout_WithMoreEvidenceThanIsRead_IsRefused_AndEachBlobIsReadOnce()
    {
        var layout = Layout(out var image);
        var payload = Add(layout, "payload");
        var layers = string.Join(',', Enumerable.Repeat($$"""{"mediaType":"{{ImageSignature.MediaType}}","digest":"{{payload}}"}""", 200));
        layout["index.json"] = Encoding.UTF8.GetBytes($$"""{"manifests":[{"digest":"{{image}}"},{"digest":"{{Add(layout, $$$"""{"layers":[{{{layers}}}]}""")}}"}]}""");
        var read = new List<string>();
        var counted = new ImageLayout((path, _) =>
        {
            read.Add(path);
            return layout.GetValueOrDefault(path);
        });
        Assert.Equal(200, counted.EvidenceFor(new("sha256", image[7..])).Count);
        Assert.Equal(read.Distinct().Count(), read.Count);
        layout["index.json"] = Encoding.UTF8.GetBytes($$"""{"manifests":[{"digest":"{{image}}"},{"digest":"{{Add(layout, $$$"""{"layers":[{{{layers}}},{{{layers}}}]}""")}}"}]}""");
        Assert.Contains("more than 200 pieces", Assert.Throws<FormatException>(() => Open(layout).EvidenceFor(new("sha256", image[7..]))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"manifests\":[{\"digest\":\"sha256:../../etc/passwd\"}]}")]
    [InlineData("{\"manifests\":[{}]}")]
    [InlineData("[")]
    public void Layout_ThatIsNone_IsRefused(string index) =>
        Assert.Throws<FormatException>(() => new ImageLayout((path, _) => path == "index.json" ? Encoding.UTF8.GetBytes(index) : null).ImageDigest());

    private static ImageLayout Open(Dictionary<string, byte[]> layout) => new((path, _) => layout.GetValueOrDefault(path));

    private static string Add(Dictionary<string, byte[]> files, string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var hex = Convert.ToHexStringLower(SHA256.HashData(bytes));
        files[$"blobs/sha256/{hex}"] = bytes;
        return "sha256:" + hex;
    }

    private static Dictionary<string, byte[]> Layout(out string image)
    {
        var files = new Dictionary<string, byte[]>();
        image = Add(files, """{"schemaVersion":2,"layers":[]}""");
        var payload = Add(files, "payload");
        var signature = Add(files, $$$"""{"schemaVersion":2,"layers":[{"mediaType":"{{{ImageSignature.MediaType}}}","digest":"{{{payload}}}","annotations":{"dev.cosignproject.cosign/signature":"x"}}]}""");
        files["index.json"] = Encoding.UTF8.GetBytes($$$"""{"manifests":[{"digest":"{{{image}}}","annotations":{"kind":"dev.cosignproject.cosign/image"}},{"digest":"{{{signature}}}","annotations":{"kind":"dev.cosignproject.cosign/sigs"}}]}""");
        return files;
    }
}
