using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Tests.Evidence.Verification.Notation;

namespace Signalbox.Cli.Tests;

/// <summary>Signatures of every form, out of a real registry: verified, and handed in as evidence.</summary>
public sealed class RegistryTests : IDisposable
{
    private const string Sigstore = "application/vnd.dev.sigstore.bundle.v0.3+json", Simple = "application/vnd.dev.cosign.simplesigning.v1+json";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private Task<Ended> RunAsync(params string[] arguments) =>
        SignalboxProgram.RunAsync(_directory.Path, new Dictionary<string, string> { ["HOME"] = _directory.Path, ["XDG_RUNTIME_DIR"] = _directory.Path, ["NOTATION_CONFIG"] = _directory.Join("none") }, arguments);

    private static async Task<byte[]> ImageAsync(DebianRegistry registry) =>
        await registry.ManifestAsync("1", new JsonArray(await registry.BlobAsync("application/vnd.oci.image.layer.v1.tar", "layer"u8.ToArray())));

    private static JsonObject Subject(byte[] image) => new() { ["mediaType"] = DebianRegistry.Manifest, ["digest"] = DebianRegistry.DigestOf(image), ["size"] = image.Length };

    private static async Task<byte[]> ReferrerAsync(DebianRegistry registry, byte[] image, string mediaType, byte[] content) =>
        await registry.ManifestAsync(null, new JsonArray(await registry.BlobAsync(mediaType, content)), Subject(image));

    /// <summary>As cosign before version 3 signs with a key.</summary>
    private async Task SignOldAsync(DebianRegistry registry, string digest, string about)
    {
        var document = Encoding.UTF8.GetBytes($$$"""{"critical":{"identity":{"docker-reference":"{{{registry.Authority}}}/app"},"image":{"docker-manifest-digest":"{{{about}}}"},"type":"cosign container image signature"},"optional":null}""");
        using var key = ECDsa.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(_directory.Join("acme.key")));
        var layer = await registry.BlobAsync(Simple, document);
        layer["annotations"] = new JsonObject { ["dev.cosignproject.cosign/signature"] = Convert.ToBase64String(key.SignData(document, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)) };
        await registry.ManifestAsync($"sha256-{digest[7..]}.sig", new JsonArray(layer));
    }

    private async Task<byte[]> AttestAsync(string digest)
    {
        _directory.Write("empty.json", "{}");
        (await RunAsync("attest", digest, "--predicate", "empty.json", "--type", "https://sigstore.dev/cosign/sign/v1", "--key", "acme.key", "--bundle", "image.sigstore.json")).Expect(0);
        return await File.ReadAllBytesAsync(_directory.Join("image.sigstore.json"));
    }

    [Fact]
    public async Task Image_IsVerified_BySignaturesOfEveryForm_LinkByLink()
    {
        await using var registry = await DebianRegistry.StartAsync();
        var (name, image) = ($"{registry.Authority}/app:1", await ImageAsync(registry));
        var digest = DebianRegistry.DigestOf(image);
        Assert.Contains("error[image-unsigned]", (await RunAsync("verify", name)).Expect(1).Error);
        Assert.Contains("error[image-missing]", (await RunAsync("verify", $"{registry.Authority}/app:2")).Expect(1).Error);

        (await RunAsync("sign", "new-key", "acme.key")).Expect(0);
        (await RunAsync("sign", "new-key", "other.key")).Expect(0);
        await SignOldAsync(registry, digest, digest);
        var old = (await RunAsync("verify", name, "--key", "acme.key.pub")).Expect(0);
        Assert.Contains($"{name} is {digest}", old.Out);
        Assert.Contains($"proven     artifact         the signature is over the image {digest}", old.Out);
        (await RunAsync("verify", name, "--key", "other.key.pub")).Expect(1);
        // a tag may have moved: what was asked for is what must be there
        (await RunAsync("verify", name, "--key", "acme.key.pub", "--artifact-digest", digest)).Expect(0);
        Assert.Contains("error[image-other-digest]", (await RunAsync("verify", name, "--key", "acme.key.pub", "--artifact-digest", "sha256:" + new string('a', 64))).Expect(1).Error);
        (await RunAsync("verify", name, "--key", "acme.key.pub", "--artifact-digest", "sha512:" + new string('a', 128))).Expect(2);

        var signer = new NotationSigner(from: DateTimeOffset.UtcNow.AddDays(-1), to: DateTimeOffset.UtcNow.AddDays(1));
        var notation = new LocalNotation(signer) { SigningTime = DateTimeOffset.UtcNow, Payload = $$$"""{"targetArtifact":{"mediaType":"{{{DebianRegistry.Manifest}}}","digest":"{{{digest}}}","size":{{{image.Length}}} }}""" };
        await registry.ReferAsync(digest,
            await ReferrerAsync(registry, image, Sigstore, await AttestAsync(digest)), await ReferrerAsync(registry, image, "application/jose+json", notation.Jws()), await ReferrerAsync(registry, image, "application/cose", notation.Cose()));
        _directory.Write("notation/trustpolicy.json", """{"version":"1.0","trustPolicies":[{"name":"acme","registryScopes":["REPOSITORY"],"signatureVerification":{"level":"strict"},"trustStores":["ca:acme"],"trustedIdentities":["x509.subject: C=US, ST=WA, O=Notary"]}]}""".Replace("REPOSITORY", $"{registry.Authority}/app", StringComparison.Ordinal));
        _directory.Write("notation/truststore/x509/ca/acme/root.pem", Encoding.ASCII.GetString(signer.Root));
        var all = (await RunAsync("verify", name, "--key", "acme.key.pub", "--notation", "notation")).Expect(0);
        Assert.Equal(2, all.Out.Split("accepted: signed by x509.subject: ").Length - 1);
        Assert.Equal(2, all.Out.Split("accepted: signed with the key sha256:").Length - 1);

        // the digest alone says which image is meant
        (await RunAsync("verify", $"{registry.Authority}/app@{digest}", "--notation", "notation", "--key", "other.key.pub")).Expect(0);
    }

    /// <summary>An image with one thing about it, which says that it is a VEX document.</summary>
    private static async Task<byte[]> OtherAsync(DebianRegistry registry, string vex)
    {
        var image = await registry.ManifestAsync("2", new JsonArray(await registry.BlobAsync("application/vnd.oci.image.layer.v1.tar", "another layer"u8.ToArray())));
        await registry.ReferAsync(DebianRegistry.DigestOf(image), await ReferrerAsync(registry, image, "application/vnd.openvex+json", Encoding.UTF8.GetBytes(vex)));
        return image;
    }

    [Fact]
    public async Task SignatureOfAnotherImage_MovedHere_IsRefused()
    {
        await using var registry = await DebianRegistry.StartAsync();
        var image = await ImageAsync(registry);
        (await RunAsync("sign", "new-key", "acme.key")).Expect(0);
        await SignOldAsync(registry, DebianRegistry.DigestOf(image), "sha256:" + new string('a', 64));
        Assert.Contains("error[verify-mismatch-hash]", (await RunAsync("verify", $"{registry.Authority}/app:1", "--key", "acme.key.pub")).Expect(1).Error);
    }

    [Fact]
    public async Task Evidence_IsHandedInFromTheRegistry_AndTheReleasesProofIsCheckedElsewhere()
    {
        await using var registry = await DebianRegistry.StartAsync();
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        shop.Release("v2");
        var release = await shop.JsonAsync("release", "create", shop.App);
        var image = await ImageAsync(registry);
        var (name, digest) = ($"{registry.Authority}/app:1", DebianRegistry.DigestOf(image));
        (await RunAsync("sign", "new-key", "acme.key")).Expect(0);
        await SignOldAsync(registry, digest, digest);
        var sarif = """{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"semgrep"}},"results":[]}]}""";
        // looks signed, and is a report to whom passes it on: once too large for a signature, once of another kind than asked
        const string forged = """{"protected":"","signature":"","payload":"",""";
        var scan = forged + sarif[1..^1] + new string(' ', 5 << 20) + "}";
        var vex = forged + """ "@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.com/vex-1","author":"mallory","timestamp":"2026-01-08T18:02:03Z","version":1,"statements":[{"vulnerability":{"name":"CVE-2025-1"},"products":[{"@id":"pkg:npm/lib@1.0"}],"status":"not_affected","justification":"vulnerable_code_not_in_execute_path"}]}""";
        await registry.ReferAsync(digest,
            await ReferrerAsync(registry, image, Sigstore, await AttestAsync(digest)), await ReferrerAsync(registry, image, "application/sarif+json", Encoding.UTF8.GetBytes(sarif)),
            await ReferrerAsync(registry, image, "application/sarif+json", Encoding.UTF8.GetBytes(scan)));

        var added = (await shop.RunAsync("evidence", "add", name, "--key", _directory.Join("acme.key.pub"))).Expect(0);
        Assert.Equal(2, added.Out.Split("signature   Verified").Length - 1);
        Assert.Contains("(application/sarif+json): ", added.Out.Split('\n').Single(line => line.Contains("a signature has at most", StringComparison.Ordinal)));
        // whoever may push to the registry may attach a report
        Assert.Contains("(application/sarif+json): it is not signed", added.Out);
        Assert.DoesNotContain("scan", (await shop.RunAsync("evidence", "list", "--subject", digest)).Expect(0).Out);
        (await shop.RunAsync("evidence", "add", name, "--key", _directory.Join("acme.key.pub"), "--unsigned")).Expect(0);
        Assert.Contains("scan        Unsigned", (await shop.RunAsync("evidence", "list", "--subject", digest)).Expect(0).Out);
        var otherDigest = DebianRegistry.DigestOf(await OtherAsync(registry, vex));
        var left = (await shop.RunAsync("evidence", "add", "vex", $"{registry.Authority}/app@{otherDigest}")).Expect(1);
        Assert.Contains("expected vex", left.Out);
        Assert.Contains("error[image-no-evidence]", left.Error);
        Assert.DoesNotContain("vex", (await shop.RunAsync("evidence", "list", "--subject", otherDigest)).Expect(0).Out);
        (await shop.RunAsync("verify", digest, "--key", _directory.Join("acme.key.pub"))).Expect(0);
        // as attestations are downloaded: one a line
        var lines = new[] { await AttestAsync(digest), await AttestAsync(digest) }.Select(bundle => Encoding.UTF8.GetString(bundle).Trim());
        _directory.Write("all.jsonl", string.Join('\n', lines));
        Assert.Equal(2, (await shop.RunAsync("evidence", "add", _directory.Join("all.jsonl"), "--subject", digest, "--key", _directory.Join("acme.key.pub"))).Expect(0).Out.Split("signature   Verified").Length - 1);

        var id = release.GetProperty("id").GetString()!;
        (await shop.RunAsync("deploy", "--release", id)).Expect(0);
        Assert.Contains("graceful shutdown              web: up to", (await shop.RunAsync("release", "show", id)).Expect(0).Out);
        (await shop.RunAsync("release", "export", id, "--output", _directory.Join("proof.json"), "--public-key", _directory.Join("plane.pub"))).Expect(0);
        Assert.Contains("proven     decision", (await RunAsync("verify", "proof.json", "--key", "plane.pub")).Expect(0).Out);
        (await RunAsync("verify", "proof.json", "--key", "plane.pub", "--env", "production")).Expect(0);
        (await RunAsync("verify", "proof.json", "--key", "plane.pub", "--env", "staging")).Expect(1);
        (await RunAsync("verify", "acme.key.pub", "--key", "plane.pub", "--env", "staging")).Expect(2);
        (await RunAsync("verify", "proof.json", "--key", "acme.key.pub")).Expect(1);
        (await RunAsync("verify", "proof.json")).Expect(3);
    }
}
