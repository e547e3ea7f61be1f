using System.Net;
using System.Security.Cryptography;

namespace Signalbox.Server.Tests;

/// <summary>The program that jobs fetch: the same for everyone, whole, and known by its digest.</summary>
public sealed class ProgramTests : IDisposable
{
    private const string Path = "/download/signalbox";

    private readonly string _folder = Directory.CreateTempSubdirectory("signalbox-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Program(int size)
    {
        var path = System.IO.Path.Combine(_folder, "signalbox");
        File.WriteAllBytes(path, RandomNumberGenerator.GetBytes(size));
        return path;
    }

    [Fact]
    public async Task Program_NeedsNoToken_AndSaysItsDigest()
    {
        var path = Program(3 << 20);
        await using var test = await TestServer.StartAsync(options => options with { Program = path });
        var expected = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path)));
        foreach (var method in new[] { "HEAD", "GET" })
        {
            using var answer = await test.SendAsync(method, Path, token: null);
            Assert.Equal((HttpStatusCode.OK, 3L << 20), (answer.StatusCode, answer.Content.Headers.ContentLength));
            Assert.Equal(expected, answer.Headers.GetValues("X-Signalbox-Digest").Single());
            Assert.Equal($"\"{expected}\"", answer.Headers.ETag!.Tag);
            Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            if (method == "GET") Assert.Equal(expected, "sha256:" + Convert.ToHexStringLower(SHA256.HashData(await answer.Content.ReadAsByteArrayAsync())));
        }
    }

    [Fact]
    public async Task WithoutANativeFile_ThereIsNone_AndTheReasonIsSaid()
    {
        await using var test = await TestServer.StartAsync();
        var (status, problem) = await test.RefusedAsync("GET", Path, token: null);
        Assert.Equal((404, "program-none"), (status, problem.Id));
    }

    /// <summary>Whoever reads slowly keeps a place, and no more than there are; one that is given up is free again.</summary>
    [Fact]
    public async Task AtOnce_AreOnlySoMany()
    {
        var path = Program(64 << 20);
        await using var test = await TestServer.StartAsync(options => options with { Program = path });
        var slow = new List<HttpResponseMessage>();
        for (var i = 0; i < 32; i++) slow.Add(await test.SendAsync("GET", Path, token: null));
        Assert.All(slow, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        var (status, problem) = await test.RefusedAsync("GET", Path, token: null);
        Assert.Equal((503, "download-busy"), (status, problem.Id));
        using (var head = await test.SendAsync("HEAD", Path, token: null)) Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        foreach (var answer in slow) answer.Dispose();
        await Until.TrueAsync(async () =>
        {
            using var again = await test.SendAsync("GET", Path, token: null);
            return again.StatusCode == HttpStatusCode.OK;
        });
    }
}
