using System.Text;
using Signalbox.Evidence.Registries;
using Signalbox.Tests.Outbound;

namespace Signalbox.Tests.Evidence.Registries;

/// <summary>What is found in a registry, and that one which lies is found out.</summary>
public sealed class RegistryTests : IAsyncDisposable
{
    private const string Sigstore = "application/vnd.dev.sigstore.bundle.v0.3+json";

    private readonly FakeRegistry _registry = new();

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private async Task UntrueAsync(string expected, ImageReference? image = null)
    {
        var refused = await _registry.RefusedAsync(image ?? _registry.Image());
        Assert.Equal(RegistryFailure.Untrue, refused.Failure);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evidence_IsFoundByTagsAndByReferrers()
    {
        var image = _registry.PutImage();
        _registry.PutImage($"sha256-{image[7..]}.sig", (Signalbox.Evidence.Verification.Images.ImageSignature.MediaType, Bytes("signed")));
        _registry.PutImage($"sha256-{image[7..]}.sbom", ("application/vnd.cyclonedx+json", Bytes("sbom")));
        _registry.Refer(image, _registry.PutManifest(null, _registry.About(image, Sigstore, Bytes("bundle"))), _registry.PutManifest(null, _registry.About(image, "application/x-other", Bytes("other"))));

        var found = await _registry.FindAsync(_registry.Image());

        Assert.Equal(image, found.Image.Value);
        Assert.Equal(["signed", "sbom", "bundle"], found.Evidence.Select(piece => Encoding.UTF8.GetString(piece.Content)));
        Assert.Equal([EvidencePlace.Tag, EvidencePlace.Tag, EvidencePlace.Referrer], found.Evidence.Select(piece => piece.Place));
        Assert.Equal(["application/x-other"], found.NotUnderstood);
    }

    [Fact]
    public async Task Registry_WithoutReferrers_IsAskedForTheTagThatStandsForThem()
    {
        var image = _registry.PutImage();
        var about = _registry.PutManifest(null, _registry.About(image, Sigstore, Bytes("bundle")));
        _registry.Put($"manifests/sha256-{image[7..]}", FakeRegistry.ListOf(about));
        Assert.Equal(about, Assert.Single((await _registry.FindAsync(_registry.Image())).Evidence).Where);
    }

    [Fact]
    public async Task Pages_AreFollowed()
    {
        var image = _registry.PutImage();
        var (first, second) = (_registry.PutManifest(null, _registry.About(image, Sigstore, Bytes("one"))), _registry.PutManifest(null, _registry.About(image, Sigstore, Bytes("two"))));
        _registry.Answer = request => request.Path != $"/v2/app/referrers/{image}" ? null
            : request.Target.EndsWith("?n=2", StringComparison.Ordinal) ? FakeRegistry.ListOf(second)
            : FakeRegistry.ListOf(first) with { Headers = [("Link", $"</v2/app/referrers/{image}?n=2>; rel=\"next\"")] };
        Assert.Equal([first, second], (await _registry.FindAsync(_registry.Image())).Evidence.Select(piece => piece.Where));
    }

    [Fact]
    public async Task Missing_IsNoFault()
    {
        Assert.Equal(RegistryFailure.Missing, (await _registry.RefusedAsync(_registry.Image("none"))).Failure);
        Assert.Empty((await _registry.FindAsync(_registry.ImageByDigest(_registry.PutImage()))).Evidence);
    }

    [Fact]
    public async Task OtherManifest_UnderADigest_IsFoundOut()
    {
        var image = _registry.PutImage();
        var other = _registry.PutImage("2", ("application/x", Bytes("x")));
        _registry.Put($"manifests/{image}", new(200, FakeRegistry.Manifest, Encoding.UTF8.GetBytes("""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","layers":[]}""")));
        await UntrueAsync("has other bytes than its digest says", _registry.ImageByDigest(image));
        Assert.NotEqual(image, other);
    }

    [Fact]
    public async Task Header_ThatNamesAnotherDigestThanTheBytesHave_IsFoundOut()
    {
        var image = _registry.ManifestOf();
        _registry.Put("manifests/1", new(200, FakeRegistry.Manifest, Encoding.UTF8.GetBytes(image.ToJsonString())) { Headers = [("Docker-Content-Digest", "sha256:" + new string('a', 64))] });
        await UntrueAsync("and gives sha256:");
    }

    [Fact]
    public async Task Tag_ThatMovesWhileItIsRead_ChangesNothing()
    {
        var image = _registry.PutImage();
        var asked = 0;
        _registry.Answer = request => request.Path == "/v2/app/manifests/1" && ++asked > 1 ? LoopbackAnswer.Text(500, "moved") : null;
        Assert.Equal(image, (await _registry.FindAsync(_registry.Image())).Image.Value);
        Assert.Equal(1, asked);
    }

    [Theory]
    [InlineData("bundlX")]
    [InlineData("bundle, and more")]
    [InlineData("")]
    public async Task Blob_WithOtherBytes_IsFoundOut(string other)
    {
        var image = _registry.PutImage();
        _registry.Refer(image, _registry.PutManifest(null, _registry.About(image, Sigstore, Bytes("bundle"))));
        _registry.Put($"blobs/{FakeRegistry.DigestOf(Bytes("bundle"))}", new(200, null, Bytes(other)));
        await UntrueAsync("has other bytes than its digest and size say");
    }

    /// <summary>A trust policy's scope is of a repository, however somebody spells its host.</summary>
    [Theory]
    [InlineData("Reg.Example.com/app", "reg.example.com/app")]
    [InlineData("LOCALHOST:5000/app", "localhost:5000/app")]
    [InlineData("Docker.io/app", "docker.io/library/app")]
    public void Host_HasNoCase(string text, string name)
    {
        Assert.True(ImageReference.TryParse(text, out var image));
        Assert.Equal(name, image!.Name);
    }

    [Fact]
    public async Task Referrer_OfAnotherImage_IsFoundOut()
    {
        var (image, other) = (_registry.PutImage(), _registry.PutImage("2", ("application/x", Bytes("x"))));
        _registry.Refer(image, _registry.PutManifest(null, _registry.About(other, Sigstore, Bytes("bundle"))));
        await UntrueAsync($"as about {image}, which is about {other}");
    }

    [Theory]
    [InlineData("text/html", """{"schemaVersion":2,"layers":[]}""", "expected an OCI or Docker manifest")]
    [InlineData(FakeRegistry.Index, """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","layers":[]}""", "the registry says that the manifest is")]
    [InlineData(FakeRegistry.Manifest, """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","layers":[],"manifests":[]}""", "both layers and manifests")]
    [InlineData(FakeRegistry.Manifest, """{"schemaVersion":2,"layers":[],"layers":[]}""", "is not JSON as it should be")]
    [InlineData(FakeRegistry.Manifest, """{"schemaVersion":2,"layers":[{"mediaType":"a","digest":"md5:1","size":1}]}""", "expected a sha256 digest")]
    [InlineData(FakeRegistry.Manifest, """{"schemaVersion":2,"layers":[{"mediaType":"a","digest":"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","size":-1}]}""", "size is missing")]
    [InlineData(FakeRegistry.Manifest, "<html>", "is not JSON as it should be")]
    public async Task Manifest_OfAWrongKind_IsFoundOut(string type, string body, string expected)
    {
        _registry.Put("manifests/1", LoopbackAnswer.Text(200, body, type));
        await UntrueAsync(expected);
    }

    [Fact]
    public async Task Manifest_WithoutEnd_IsCutOff()
    {
        _registry.Put("manifests/1", new(200, FakeRegistry.Manifest, new byte[5 << 20]));
        await UntrueAsync("sent more than");
    }

    [Fact]
    public async Task Blob_ThatIsSaidToBeHuge_IsNotFetched()
    {
        var image = _registry.PutImage();
        var manifest = _registry.About(image, Sigstore, Bytes("bundle"));
        manifest["layers"]![0]!["size"] = 40 << 20;
        _registry.Refer(image, _registry.PutManifest(null, manifest));
        await UntrueAsync("the most is");
        Assert.DoesNotContain(_registry.Requests, request => request.Path.Contains("/blobs/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pages_WithoutEnd_AreCutOff()
    {
        var image = _registry.PutImage();
        var page = 0;
        _registry.Answer = request => request.Path != $"/v2/app/referrers/{image}" ? null
            : FakeRegistry.ListOf() with { Headers = [("Link", $"</v2/app/referrers/{image}?n={++page}>; rel=\"next\"")] };
        await UntrueAsync("more than 20 pages");
        Assert.Equal(20, page);
    }

    [Theory]
    [InlineData("/v2/app/manifests/1")]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("//other.example/v2/app/referrers/x")]
    public async Task Page_ThatLeadsElsewhere_IsNotFollowed(string next)
    {
        var image = _registry.PutImage();
        _registry.Put($"referrers/{image}", FakeRegistry.ListOf() with { Headers = [("Link", $"<{next}>; rel=\"next\"")] });
        await UntrueAsync("goes on somewhere else");
    }

    [Fact]
    public async Task Referrers_BeyondNumber_AreCutOff()
    {
        var image = _registry.PutImage();
        var many = Enumerable.Range(0, 900).Select(i => "sha256:" + i.ToString("x64", System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        _registry.Answer = request => request.Path == $"/v2/app/referrers/{image}" ? FakeRegistry.ListOf(many) with { Headers = [("Link", $"</v2/app/referrers/{image}?n=2>; rel=\"next\"")] } : null;
        await UntrueAsync("the most is 1000");
    }

    [Fact]
    public async Task Blob_FromElsewhere_IsFetchedWithoutCredentials_AndHeldAgainstItsDigest()
    {
        await using var storage = new LoopbackServer(_ => LoopbackAnswer.Text(200, "bundle"));
        var image = _registry.PutImage();
        _registry.Refer(image, _registry.PutManifest(null, _registry.About(image, Sigstore, Bytes("bundle"))));
        _registry.Put($"blobs/{FakeRegistry.DigestOf(Bytes("bundle"))}", LoopbackAnswer.Redirect(storage.Address));
        // nobody named the storage, and it is on this machine
        var refused = await _registry.RefusedAsync(_registry.Image());
        Assert.Equal(RegistryFailure.Unavailable, refused.Failure);
        Assert.Empty(storage.Requests);
    }

    [Fact]
    public async Task Token_IsFetched_AnonymouslyAndWithALogin()
    {
        var image = _registry.PutImage();
        _registry.Answer = request => request switch
        {
            { Path: "/token" } => LoopbackAnswer.Text(200, """{"token":"pull-me"}""", "application/json"),
            { Headers: var headers } when headers.GetValueOrDefault("authorization") == "Bearer pull-me" => null,
            _ => new(401, null, []) { Headers = [("WWW-Authenticate", $"Bearer realm=\"{_registry.Address}token\",service=\"registry\",scope=\"repository:everything:push\"")] },
        };
        Assert.Equal(image, (await _registry.FindAsync(_registry.Image())).Image.Value);
        var anonymous = Assert.Single(_registry.Requests, request => request.Path == "/token");
        Assert.Equal("/token?service=registry&scope=repository%3Aapp%3Apull", anonymous.Target);
        Assert.DoesNotContain("authorization", anonymous.Headers.Keys);

        await _registry.FindAsync(_registry.Image(), new("robot", "secret"));
        Assert.Equal("Basic cm9ib3Q6c2VjcmV0", _registry.Requests.Last(request => request.Path == "/token").Headers["authorization"]);
    }

    [Fact]
    public async Task TokenService_InsideTheNetwork_IsNotAsked()
    {
        await using var inner = new LoopbackServer(_ => LoopbackAnswer.Text(200, """{"token":"x"}"""));
        _registry.Answer = _ => new(401, null, []) { Headers = [("WWW-Authenticate", $"Bearer realm=\"{inner.Address}\"")] };
        Assert.Equal(RegistryFailure.Unavailable, (await _registry.RefusedAsync(_registry.Image(), new("robot", "secret"))).Failure);
        Assert.Empty(inner.Requests);
    }

    [Fact]
    public async Task Basic_IsAnsweredWithTheLogin_AndRefusedWithoutOne()
    {
        var image = _registry.PutImage();
        _registry.Answer = request => request.Headers.GetValueOrDefault("authorization") == "Basic cm9ib3Q6c2VjcmV0" ? null : new(401, null, []) { Headers = [("WWW-Authenticate", "Basic realm=\"r\"")] };
        Assert.Equal(image, (await _registry.FindAsync(_registry.Image(), new("robot", "secret"))).Image.Value);
        Assert.Contains("asks for a name and a password", (await _registry.RefusedAsync(_registry.Image())).Message);
        Assert.Contains("does not give", (await _registry.RefusedAsync(_registry.Image(), new("robot", "wrong"))).Message);
    }

    [Theory]
    [InlineData("""{"auths":{"r.example":{"auth":"cm9ib3Q6c2VjcmV0"}}}""", "r.example", "robot")]
    [InlineData("""{"auths":{"https://r.example/v2/":{"username":"u","password":"p"}}}""", "r.example", "u")]
    [InlineData("""{"auths":{"https://index.docker.io/v1/":{"auth":"cm9ib3Q6c2VjcmV0"}}}""", "docker.io", "robot")]
    [InlineData("""{"auths":{"r.example:443":{"auth":"cm9ib3Q6c2VjcmV0"}}}""", "r.example", "robot")]
    [InlineData("""{"auths":{"r.example:8443":{"auth":"cm9ib3Q6c2VjcmV0"}}}""", "r.example", null)]
    [InlineData("""{"auths":{"r.example":{"auth":"cm9ib3Q6c2VjcmV0"}}}""", "evil.r.example", null)]
    [InlineData("""{"auths":{"r.example":{}},"credsStore":"desktop"}""", "r.example", null)]
    [InlineData("{}", "r.example", null)]
    public void Login_IsReadForItsRegistryAlone(string config, string registry, string? user)
    {
        var login = RegistryLogin.Read(Bytes(config), registry);
        Assert.Equal(user, login?.User);
        Assert.DoesNotContain("secret", login?.ToString() ?? "");
    }

    /// <summary>A report of a tool of Sigstore's mentions what signatures consist of.</summary>
    [Theory]
    [InlineData("""{"bomFormat":"CycloneDX","metadata":{"x":"application/vnd.dev.sigstore.bundle.v0.3+json"},"components":[{"payloadType":"a","signatures":[],"attestations":1}]}""", SignedFileKind.None)]
    [InlineData("""{"a":"\"payloadType\"","b":"\"signatures\""}""", SignedFileKind.None)]
    [InlineData("""{"signatures":[],"payload":"","payloadType":"x"}""", SignedFileKind.Bundle)]
    [InlineData("""{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","x":{""", SignedFileKind.Bundle)]
    [InlineData("""{"mediaType":"application/vnd.dev.sigstore.bundle\u002bjson;version=0.1"}""", SignedFileKind.Bundle)]
    [InlineData("""{"payload":"","protected":"","header":{},"signature":""}""", SignedFileKind.Notation)]
    [InlineData("""[{"payloadType":"a","signatures":[]}]""", SignedFileKind.None)]
    [InlineData("", SignedFileKind.None)]
    public void SignedFile_IsKnownByItsOwnMembers(string text, SignedFileKind kind)
    {
        Assert.Equal(kind, SignedFiles.KindOf(Bytes(text)));
        Assert.Equal(kind, SignedFiles.KindOf([0xef, 0xbb, 0xbf, .. Bytes(text)]));
    }

    /// <summary>The payload may be longer than what is looked at, and all else stand behind it.</summary>
    [Fact]
    public void SignedFile_WithALongPayload_IsKnown() =>
        Assert.Equal(SignedFileKind.Bundle, SignedFiles.KindOf(Bytes($$"""{"payload":"{{new string('a', 300 << 10)}}","payloadType":"x","signatures":[]}""")));

    [Fact]
    public void OldAttestation_BecomesABundle_AndAnOldSignatureKeepsItsAnnotations()
    {
        var annotations = new Dictionary<string, string> { ["dev.cosignproject.cosign/signature"] = "c2ln" };
        var file = RegistryEvidenceFile.Of(new(EvidencePlace.Tag, "t", Signalbox.Evidence.Verification.Images.ImageSignature.MediaType, Bytes("doc"), annotations));
        Assert.Equal(SignedFileKind.ImageSignature, SignedFiles.KindOf(file));
        Assert.Equal("doc", Encoding.UTF8.GetString(RegistryEvidenceFile.ReadSignature(file)!.Payload));
        Assert.Throws<FormatException>(() => RegistryEvidenceFile.Of(new(EvidencePlace.Tag, "t", "application/vnd.dsse.envelope.v1+json", Bytes("{"), new Dictionary<string, string> { ["dev.sigstore.cosign/certificate"] = "x" })));
    }
}
