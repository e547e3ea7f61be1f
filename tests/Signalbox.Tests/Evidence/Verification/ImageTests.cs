using System.Security.Cryptography;
using System.Text;
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
        Assert.Equal(image, new ImageLayout(layout.GetValueOrDefault).ImageDigest().ToString());
        var evidence = Assert.Single(new ImageLayout(layout.GetValueOrDefault).EvidenceFor(new("sha256", image[7..])));
        Assert.Equal("payload", Encoding.UTF8.GetString(evidence.Content));
        Assert.Equal("x", evidence.Annotations["dev.cosignproject.cosign/signature"]);
    }

    [Fact]
    public void Layout_WithABlobThatIsNotItsDigest_IsRefused()
    {
        var layout = Layout(out var image);
        foreach (var blob in layout.Keys.Where(path => path.StartsWith("blobs/", StringComparison.Ordinal)).ToList()) layout[blob] = [1, 2, 3];
        Assert.Throws<FormatException>(() => new ImageLayout(layout.GetValueOrDefault).EvidenceFor(new("sha256", image[7..])));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"manifests\":[{\"digest\":\"sha256:../../etc/passwd\"}]}")]
    [InlineData("{\"manifests\":[{}]}")]
    [InlineData("[")]
    public void Layout_ThatIsNone_IsRefused(string index) =>
        Assert.Throws<FormatException>(() => new ImageLayout(path => path == "index.json" ? Encoding.UTF8.GetBytes(index) : null).ImageDigest());

    private static Dictionary<string, byte[]> Layout(out string image)
    {
        var files = new Dictionary<string, byte[]>();
        string Add(string content)
        {
            var bytes = Encoding.UTF8.GetBytes(content);
            var hex = Convert.ToHexStringLower(SHA256.HashData(bytes));
            files[$"blobs/sha256/{hex}"] = bytes;
            return "sha256:" + hex;
        }
        image = Add("""{"schemaVersion":2,"layers":[]}""");
        var payload = Add("payload");
        var signature = Add($$$"""{"schemaVersion":2,"layers":[{"mediaType":"{{{ImageSignature.MediaType}}}","digest":"{{{payload}}}","annotations":{"dev.cosignproject.cosign/signature":"x"}}]}""");
        files["index.json"] = Encoding.UTF8.GetBytes($$$"""{"manifests":[{"digest":"{{{image}}}","annotations":{"kind":"dev.cosignproject.cosign/image"}},{"digest":"{{{signature}}}","annotations":{"kind":"dev.cosignproject.cosign/sigs"}}]}""");
        return files;
    }
}
