using System.Net.Http.Headers;

namespace Signalbox.Cli.Tests.Running;

/// <summary>An image by a real builder in a real registry: Debian's buildah and docker-registry.</summary>
public sealed class RunImageTests : IDisposable
{
    private readonly RunProject _project = new();

    public void Dispose() => _project.Dispose();

    [Fact]
    public async Task AnImage_IsInTheRegistry_ByTheDigestThatTheRunKnows()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "buildah"))), "buildah is not installed: apt-get install buildah");
        await using var registry = await DebianRegistry.StartAsync();
        // layers of its own, which need no overlay, and a registry that has no certificate
        File.WriteAllText(_project.Beside("storage.conf"), $"[storage]\ndriver = \"vfs\"\ngraphroot = \"{_project.Beside("layers")}\"\nrunroot = \"{_project.Beside("mounts")}\"\n");
        File.WriteAllText(_project.Beside("registries.conf"), $"[[registry]]\nlocation = \"{registry.Authority}\"\ninsecure = true\n");
        _project.Write("app.txt", "app\n");
        _project.Write(".dockerignore", ".signalbox\n");
        _project.Write("Dockerfile", "FROM scratch\nCOPY app.txt /\n");
        _project.Pipeline($$"""
            package:
              builds: { image: "{{registry.Authority}}/app:main", from: Dockerfile, push: true }
              env: { CONTAINERS_STORAGE_CONF: "{{_project.Beside("storage.conf")}}", CONTAINERS_REGISTRIES_CONF: "{{_project.Beside("registries.conf")}}", BUILDAH_ISOLATION: chroot }
            sign: { needs: [package] }
            """);
        var run = (await _project.RunAsync()).Expect(3).Out;
        var digest = (await _project.ShowAsync()).GetProperty("images")[0].GetProperty("digest").GetString()!;
        Assert.Contains($"image: {registry.Authority}/app@{digest}\n", run);
        Assert.Equal(digest, DebianRegistry.DigestOf(await ManifestAsync(registry)));
        Assert.Contains(digest["sha256:".Length..], _project.Read(".signalbox/runs/1/provenance.json"));
        Assert.DoesNotContain("part of the context", (await _project.RunAsync("log", "package")).Expect(0).Out);
    }

    /// <summary>What the registry has under the tag, to the byte.</summary>
    private static async Task<byte[]> ManifestAsync(DebianRegistry registry)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{registry.Authority}/v2/app/manifests/main"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(DebianRegistry.Manifest));
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }
}
