using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Evidence.Registries;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Images;
using Signalbox.Evidence.Verification.Keys;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>What is made of many small parts is refused before it is worked through: whoever sends it pays nothing for them.</summary>
public sealed class ManyPartsTests
{
    private static readonly string s_many = "{" + string.Join(',', Enumerable.Range(0, 1_001).Select(i => $"\"a{i}\":\"\"")) + "}";

    [Fact]
    public void Annotations_OfMoreThanAThousand_AreRefused()
    {
        Assert.Equal(1_000, JsonFields.Parse(Encoding.UTF8.GetBytes(s_many.Replace(",\"a1000\":\"\"", "", StringComparison.Ordinal)), "x").Texts().Count);
        var file = $$"""{"mediaType":"{{ImageSignature.MediaType}}","payload":"AA==","annotations":{{s_many}}}""";
        Assert.Contains("more than 1000 members", Assert.Throws<FormatException>(() => RegistryEvidenceFile.ReadSignature(Encoding.UTF8.GetBytes(file))).Message, StringComparison.Ordinal);
        var manifest = $$"""{"mediaType":"{{RegistryManifest.Manifest}}","layers":[{"digest":"sha256:{{new string('a', 64)}}","size":1,"annotations":{{s_many}}}]}""";
        Assert.Contains("more than 1000 members", Assert.Throws<MalformedException>(() => RegistryManifest.Read(Encoding.UTF8.GetBytes(manifest), RegistryManifest.Manifest)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Annotations_AreTexts_AndNullIsAnEmptyOne()
    {
        var texts = JsonFields.Parse("""{"a":"x","b":null}"""u8.ToArray(), "x").Texts();
        Assert.Equal(("x", ""), (texts["a"], texts["b"]));
        Assert.Throws<MalformedException>(() => JsonFields.Parse("""{"a":1}"""u8.ToArray(), "x").Texts());
    }

    [Fact]
    public void Pem_OfManyBlocks_IsReadInOnePass_AndNoFurtherThanItMay()
    {
        var pem = string.Concat(Enumerable.Repeat("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 20_000));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(20_000, PemBlock.ReadAll(pem, "x").Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40L * pem.Length);
        Assert.Contains("more than 11 PEM blocks", Assert.Throws<MalformedException>(() => PemBlock.ReadAll(pem, "x", 11)).Message, StringComparison.Ordinal);
        var signature = new ImageSignature([], new Dictionary<string, string> { ["dev.cosignproject.cosign/signature"] = "AAAA", ["dev.sigstore.cosign/chain"] = pem });
        Assert.Contains("more than 11 PEM blocks", signature.Verify(LocalSamples.Instance.TrustedRoot(), new() { AnySigner = true }, LocalSigstore.Now).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-----BEGIN A-----\nAAAA\n-----END A-----x")]
    [InlineData("-----BEGIN A-----\nAAAA\n-----END A----------BEGIN A-----\nAAAA\n-----END A-----")]
    [InlineData("-----BEGIN A-----\n-----BEGIN A-----\nAAAA\n-----END A-----")]
    [InlineData("-----BEGIN A-----\nAAAA\n-----END B-----")]
    [InlineData("-----BEGIN A-----\nAAAA\n-----END A")]
    [InlineData("-----END A----- -----BEGIN A-----\nAAAA")]
    [InlineData("x-----BEGIN A-----\nAAAA\n-----END A-----")]
    [InlineData(" \n")]
    public void Pem_WithSomethingBesideItsBlocks_IsRefused(string pem) => Assert.Throws<MalformedException>(() => PemBlock.ReadAll(pem, "x"));

    [Fact]
    public void Bundle_WithMoreCertificatesThanAPathHas_IsRefusedBeforeOneIsRead()
    {
        var bundle = JsonNode.Parse(LocalSamples.Get("message-0.2").Bundle)!;
        var raw = new JsonObject { ["rawBytes"] = Convert.ToBase64String([1]) };
        bundle["verificationMaterial"]!["x509CertificateChain"]!["certificates"] = new JsonArray([.. Enumerable.Range(0, 12).Select(_ => raw.DeepClone())]);
        var result = (LocalSamples.Get("message-0.2") with { Bundle = Encoding.UTF8.GetBytes(bundle.ToJsonString()) }).Verify();
        Assert.Contains("11 certificates came with the signature; the most is 10", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Certificate_WithMoreExtensionsThanAnyHas_IsRefused()
    {
        var der = LocalSamples.Instance.Certify(LocalKey.P256(), LocalSigstore.Workflow, [.. Enumerable.Range(100, 100).Select(number => (number, "x"))]).Der;
        Assert.Contains("more than 100 extensions", Assert.Throws<MalformedException>(() => CertificateReader.Read(der)).Message, StringComparison.Ordinal);
    }
}
