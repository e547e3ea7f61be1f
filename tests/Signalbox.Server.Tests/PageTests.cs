using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;

namespace Signalbox.Server.Tests;

public sealed partial class PageTests
{
    private const int MostCompressed = 150_000;

    [Fact]
    public async Task Page_NeedsNoTokenAndRunsNothingInline()
    {
        await using var test = await TestServer.StartAsync();
        using var answer = await test.SendAsync("GET", "/", token: null);
        var html = await answer.Content.ReadAsStringAsync();

        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; script-src 'self'; ", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.All(Scripts().Matches(html), script => Assert.Contains(" src=\"/assets/", script.Value, StringComparison.Ordinal));
        Assert.DoesNotMatch(@"<style|\sstyle=|\son\w+=|https?://", html);
    }

    [Fact]
    public async Task Files_AreKeptForEverByTheirName_AndTogetherUnder150KB()
    {
        SkipWithoutPage();
        await using var test = await TestServer.StartAsync();
        var total = 0L;
        foreach (var path in PageFiles.Embedded.Paths)
        {
            using var answer = await test.SendAsync("GET", path == "/index.html" ? "/" : path, token: null, with: r => r.Headers.Add("Accept-Encoding", "gzip"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("gzip", answer.Content.Headers.ContentEncoding.Single());
            var compressed = await answer.Content.ReadAsByteArrayAsync();
            total += compressed.Length;
            Assert.Equal(PageFiles.Embedded.Find(path)!.Content, Unpack(compressed));
            if (path == "/index.html") continue;
            Assert.Matches("^/assets/[a-zA-Z]+-[a-zA-Z0-9_-]{8}\\.(js|css|svg)$", path);
            Assert.True(answer.Headers.CacheControl is { Public: true, MaxAge.TotalDays: 365 } kept && kept.Extensions.Any(e => e.Name == "immutable"));
        }
        Assert.InRange(total, 1, MostCompressed);
    }

    [Fact]
    public async Task File_ThatIsNotThere_IsRefused()
    {
        await using var test = await TestServer.StartAsync();
        Assert.Equal((404, "file-unknown"), await RefusalAsync("/assets/none.js"));
        Assert.Equal((404, "file-unknown"), await RefusalAsync("/assets/..%2findex.html"));

        async Task<(int, string)> RefusalAsync(string path)
        {
            var (status, problem) = await test.RefusedAsync("GET", path, token: null);
            return (status, problem.Id);
        }
    }

    [Fact]
    public async Task Session_BegunWithAToken_OutlivesTheControlPlaneAndEndsWhenAsked()
    {
        var state = Directory.CreateTempSubdirectory("signalbox-").FullName;
        try
        {
            string cookie;
            IPEndPoint address;
            await using (var test = await TestServer.StartAsync(state: state))
            {
                // the cookie's name has the port: a restart keeps it
                address = new(IPAddress.Loopback, new Uri(test.Server.Address).Port);
                var token = (await test.NewTokenAsync("read", "operate")).Token;
                using var begun = await test.SendAsync("POST", "/api/v1/session", token: token);
                Assert.Equal(HttpStatusCode.Created, begun.StatusCode);
                Assert.Contains("\"principal\":\"ci:trial\",\"scopes\":[\"read\",\"operate\"]", await begun.Content.ReadAsStringAsync(), StringComparison.Ordinal);
                var set = begun.Headers.GetValues("Set-Cookie").Single();
                Assert.Contains("httponly", set, StringComparison.OrdinalIgnoreCase);
                Assert.Contains("samesite=strict", set, StringComparison.OrdinalIgnoreCase);
                cookie = set[..set.IndexOf(';')];
            }
            Assert.DoesNotContain(cookie[(cookie.IndexOf('=') + 1)..], await File.ReadAllTextAsync(Path.Combine(state, "sessions")), StringComparison.Ordinal);
            await using (var test = await TestServer.StartAsync(options => options with { Listen = address }, state))
            {
                Assert.Equal(200, await StatusAsync(test, "GET", null));
                Assert.Equal(403, await StatusAsync(test, "POST", test.Server.Address));
                Assert.Equal(403, await StatusAsync(test, "DELETE", null));
                Assert.Equal(204, await StatusAsync(test, "DELETE", test.Server.Address));
                Assert.Equal(401, await StatusAsync(test, "GET", null));
            }
            await using (var test = await TestServer.StartAsync(options => options with { Listen = address }, state)) Assert.Equal(401, await StatusAsync(test, "GET", null));

            async Task<int> StatusAsync(TestServer test, string method, string? origin)
            {
                using var answer = await test.SendAsync(method, "/api/v1/session", token: null, with: r =>
                {
                    r.Headers.Add("Cookie", cookie);
                    if (origin is not null) r.Headers.Add("Origin", origin);
                });
                return (int)answer.StatusCode;
            }
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[{\"hash\":\"xyz\",\"tokenId\":\"a\",\"expiresAt\":\"2099-01-01T00:00:00Z\"}]")]
    [InlineData("[{\"hash\":null}]")]
    [InlineData("[null]")]
    public async Task SessionFile_ThatIsDamaged_SignsEverybodyOutAndStopsNothing(string content)
    {
        var state = Directory.CreateTempSubdirectory("signalbox-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(state, "sessions"), content);
            await using var test = await TestServer.StartAsync(state: state);
            using var served = await test.SendAsync("GET", "/api/v1/session");
            Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }
    }

    [Fact]
    public async Task Port_IsTheOneItHadLast()
    {
        var state = Directory.CreateTempSubdirectory("signalbox-").FullName;
        try
        {
            string address;
            await using (var test = await TestServer.StartAsync(o => o with { Listen = null }, state)) address = test.Server.Address;
            await using (var test = await TestServer.StartAsync(o => o with { Listen = null }, state)) Assert.Equal(address, test.Server.Address);
            await File.WriteAllTextAsync(Path.Combine(state, "port"), "99999999\n");
            await using (var test = await TestServer.StartAsync(o => o with { Listen = null }, state)) Assert.StartsWith("http://127.0.0.1:", test.Server.Address, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }
    }

    private static void SkipWithoutPage() => Assert.SkipUnless(PageFiles.Embedded.Paths.Any(), "this build has no page: Node was missing when it was made");

    private static byte[] Unpack(byte[] compressed)
    {
        using var gzip = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        using var content = new MemoryStream();
        gzip.CopyTo(content);
        return content.ToArray();
    }

    [GeneratedRegex("<script[^>]*>")]
    private static partial Regex Scripts();
}
