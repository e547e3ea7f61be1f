using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Evidence.Registries;
using Signalbox.Outbound;
using Signalbox.Tests.Outbound;

namespace Signalbox.Tests.Evidence.Registries;

/// <summary>A registry that holds what a test puts into it, and lies where the test says so.</summary>
internal sealed class FakeRegistry : IAsyncDisposable
{
    public const string Manifest = "application/vnd.oci.image.manifest.v1+json", Index = "application/vnd.oci.image.index.v1+json";

    private readonly LoopbackServer _server;
    private readonly Dictionary<string, LoopbackAnswer> _answers = new(StringComparer.Ordinal);

    public FakeRegistry() => _server = new(request => Answer?.Invoke(request) ?? _answers.GetValueOrDefault(request.Path) ?? LoopbackAnswer.Text(404, "{}", "application/json"));

    /// <summary>Asked before what was put; null answers as put.</summary>
    public Func<LoopbackRequest, LoopbackAnswer?>? Answer { get; set; }

    public string Authority => _server.Authority;

    public Uri Address => _server.Address;

    public IReadOnlyList<LoopbackRequest> Requests => [.. _server.Requests];

    public ImageReference Image(string tag = "1") => ImageReference.TryParse($"{Authority}/app:{tag}", out var image) ? image! : throw new InvalidOperationException();

    public ImageReference ImageByDigest(string digest) => ImageReference.TryParse($"{Authority}/app@{digest}", out var image) ? image! : throw new InvalidOperationException();

    public static string DigestOf(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static JsonObject Descriptor(string mediaType, byte[] content) => new() { ["mediaType"] = mediaType, ["digest"] = DigestOf(content), ["size"] = content.Length };

    /// <returns>The manifest's digest.</returns>
    public string PutManifest(string? tag, JsonObject manifest)
    {
        var bytes = Encoding.UTF8.GetBytes(manifest.ToJsonString());
        var answer = new LoopbackAnswer(200, (string?)manifest["mediaType"], bytes) { Headers = [("Docker-Content-Digest", DigestOf(bytes))] };
        Put($"manifests/{DigestOf(bytes)}", answer);
        if (tag is not null) Put($"manifests/{tag}", answer);
        return DigestOf(bytes);
    }

    public string PutImage(string? tag = "1", params (string MediaType, byte[] Content)[] layers) => PutManifest(tag, ManifestOf(layers));

    public JsonObject ManifestOf(params (string MediaType, byte[] Content)[] layers)
    {
        foreach (var (_, content) in layers) Put($"blobs/{DigestOf(content)}", new(200, "application/octet-stream", content));
        return new() { ["schemaVersion"] = 2, ["mediaType"] = Manifest, ["config"] = Descriptor("application/vnd.oci.image.config.v1+json", [1]), ["layers"] = new JsonArray([.. layers.Select(layer => Descriptor(layer.MediaType, layer.Content))]) };
    }

    /// <summary>A manifest about an image, listed by the referrers API.</summary>
    public JsonObject About(string image, string mediaType, byte[] content)
    {
        var manifest = ManifestOf((mediaType, content));
        manifest["subject"] = new JsonObject { ["mediaType"] = Manifest, ["digest"] = image, ["size"] = 1 };
        return manifest;
    }

    public void Refer(string image, params string[] manifests) => Put($"referrers/{image}", ListOf(manifests));

    public static LoopbackAnswer ListOf(params string[] manifests) => LoopbackAnswer.Text(200, new JsonObject
    {
        ["schemaVersion"] = 2,
        ["mediaType"] = Index,
        ["manifests"] = new JsonArray([.. manifests.Select(digest => new JsonObject { ["mediaType"] = Manifest, ["digest"] = digest, ["size"] = 1 })]),
    }.ToJsonString(), Index);

    public void Put(string path, LoopbackAnswer answer) => _answers[$"/v2/app/{path}"] = answer;

    public async Task<ImageFindings> FindAsync(ImageReference image, RegistryLogin? login = null)
    {
        using var client = new OutboundClient(RegistryClient.RulesFor(image, false));
        return await new EvidenceDiscovery(new(client, image, login)).FindAsync(TestContext.Current.CancellationToken);
    }

    public async Task<RegistryException> RefusedAsync(ImageReference image, RegistryLogin? login = null) => await Assert.ThrowsAsync<RegistryException>(() => FindAsync(image, login));

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
