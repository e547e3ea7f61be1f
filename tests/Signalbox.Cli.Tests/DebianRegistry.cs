using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Signalbox.Cli.Tests;

/// <summary>The registry of Debian's package docker-registry on a free loopback port, with a directory of its own; filled by plain PUTs.</summary>
internal sealed class DebianRegistry : IAsyncDisposable
{
    public const string Manifest = "application/vnd.oci.image.manifest.v1+json", Index = "application/vnd.oci.image.index.v1+json";

    private readonly TemporaryDirectory _directory = new();
    private readonly HttpClient _http;
    private Process? _process;

    private DebianRegistry(int port)
    {
        Authority = $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";
        _http = new() { BaseAddress = new($"http://{Authority}/") };
    }

    public string Authority { get; }

    /// <summary>Skips the test where the package is not installed.</summary>
    public static async Task<DebianRegistry> StartAsync()
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin").Select(folder => Path.Combine(folder, "docker-registry")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "docker-registry is not installed: apt-get install docker-registry");
        var registry = new DebianRegistry(FreePort());
        await registry.RunAsync(program!);
        return registry;
    }

    private async Task RunAsync(string program)
    {
        _directory.Write("config.yml", $$"""
            version: 0.1
            log: { level: error }
            storage: { filesystem: { rootdirectory: {{_directory.Join("data")}} } }
            http: { addr: "{{Authority}}", secret: not-a-secret }
            """);
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _directory.Path };
        foreach (var argument in new[] { "serve", _directory.Join("config.yml") }) start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Eventually.Async(() => _process.HasExited ? throw new InvalidOperationException("docker-registry has ended") : AnswersAsync(), "docker-registry answers", seconds: 60);
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var answer = await _http.GetAsync("v2/");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public static string DigestOf(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    public async Task<JsonObject> BlobAsync(string mediaType, byte[] content)
    {
        using var begun = await _http.PostAsync("v2/app/blobs/uploads/", null);
        begun.EnsureSuccessStatusCode();
        var location = new Uri(_http.BaseAddress!, begun.Headers.Location!);
        using var body = new ByteArrayContent(content);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var put = await _http.PutAsync(new Uri($"{location}{(location.Query.Length > 0 ? "&" : "?")}digest={DigestOf(content)}"), body);
        put.EnsureSuccessStatusCode();
        return new() { ["mediaType"] = mediaType, ["digest"] = DigestOf(content), ["size"] = content.Length };
    }

    /// <returns>The manifest's bytes.</returns>
    public async Task<byte[]> ManifestAsync(string? tag, JsonArray layers, JsonObject? subject = null)
    {
        var manifest = new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = Manifest, ["config"] = await BlobAsync("application/vnd.oci.image.config.v1+json", "{}"u8.ToArray()), ["layers"] = layers };
        if (subject is not null) manifest["subject"] = subject;
        return await PutAsync(tag, Manifest, manifest);
    }

    /// <summary>The tag that stands for the referrers API, which this registry does not have.</summary>
    public Task<byte[]> ReferAsync(string image, params byte[][] manifests) => PutAsync($"sha256-{image[7..]}", Index, new()
    {
        ["schemaVersion"] = 2,
        ["mediaType"] = Index,
        ["manifests"] = new JsonArray([.. manifests.Select(bytes => new JsonObject { ["mediaType"] = Manifest, ["digest"] = DigestOf(bytes), ["size"] = bytes.Length })]),
    });

    private async Task<byte[]> PutAsync(string? tag, string mediaType, JsonObject manifest)
    {
        var bytes = Encoding.UTF8.GetBytes(manifest.ToJsonString());
        using var body = new ByteArrayContent(bytes);
        body.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        using var put = await _http.PutAsync($"v2/app/manifests/{tag ?? DigestOf(bytes)}", body);
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
        return bytes;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
        _http.Dispose();
        _directory.Dispose();
    }
}
