using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Signalbox.Cli.StaticSite;

namespace Signalbox.Cli.Tests;

/// <summary><c>signalbox static</c>: what it serves, what it never serves, and what browsers are told about it.</summary>
public sealed class StaticSiteTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private SiteServer _server = null!;
    private SiteServer _spa = null!;
    private HttpClient _http = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _directory.Write("outside/secret.txt", "not yours");
        _directory.Write("site/index.html", "<h1>home</h1>");
        _directory.Write("site/about.html", "about");
        _directory.Write("site/docs/index.html", "docs");
        _directory.Write("site/empty.txt", "");
        _directory.Write("site/assets/index-DiwrgTda.js", "0123456789");
        _directory.Write("site/.env", "KEY=1");
        _directory.Write("site/.well-known/security.txt", "Contact: mailto:a@example.com");
        File.CreateSymbolicLink(_directory.Join("site/out.txt"), _directory.Join("outside/secret.txt"));
        File.CreateSymbolicLink(_directory.Join("site/up"), _directory.Join("outside"));
        File.CreateSymbolicLink(_directory.Join("site/in.html"), _directory.Join("site/about.html"));
        File.CreateSymbolicLink(_directory.Join("link-to-site"), _directory.Join("site"));
        _server = await SiteServer.StartAsync(new(_directory.Join("link-to-site")), 0, spa: false);
        _spa = await SiteServer.StartAsync(new(_directory.Join("site")), 0, spa: true);
        _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new($"http://127.0.0.1:{_server.Port}") };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        await _spa.DisposeAsync();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("/", 200, "<h1>home</h1>", "text/html; charset=utf-8")]
    [InlineData("/index.html", 200, "<h1>home</h1>", "text/html; charset=utf-8")]
    [InlineData("/about", 200, "about", "text/html; charset=utf-8")]
    [InlineData("/docs/", 200, "docs", "text/html; charset=utf-8")]
    [InlineData("/in.html", 200, "about", "text/html; charset=utf-8")]
    [InlineData("/empty.txt", 200, "", "text/plain; charset=utf-8")]
    [InlineData("/assets/index-DiwrgTda.js", 200, "0123456789", "text/javascript; charset=utf-8")]
    [InlineData("/.well-known/security.txt", 200, "Contact: mailto:a@example.com", "text/plain; charset=utf-8")]
    [InlineData("/nothing", 404, "404 there is no such page\n", "text/plain; charset=utf-8")]
    [InlineData("/assets/", 404, "404 there is no such page\n", "text/plain; charset=utf-8")]
    public async Task Get_AnswersWithTheFile(string path, int status, string body, string type)
    {
        using var answer = await _http.GetAsync(path, Cancel);
        Assert.Equal((status, body), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel)));
        Assert.Equal(type, answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("/out.txt")]
    [InlineData("/up/secret.txt")]
    [InlineData("/../outside/secret.txt")]
    [InlineData("/%2e%2e/outside/secret.txt")]
    [InlineData("/docs/..%2f..%2foutside%2fsecret.txt")]
    [InlineData("/..%5coutside%5csecret.txt")]
    [InlineData("//etc/passwd")]
    [InlineData("/.env")]
    [InlineData("/%00")]
    [InlineData("/index.html%00.txt")]
    public async Task RawGet_OfWhatIsNotTheSites_IsRefused(string path)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _server.Port, Cancel);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), Cancel);
        using var reader = new StreamReader(client.GetStream());
        var answer = await reader.ReadToEndAsync(Cancel);
        Assert.Matches("^HTTP/1.1 (404|400) ", answer);
        Assert.DoesNotContain("not yours", answer);
        Assert.DoesNotContain("root:", answer);
        Assert.DoesNotContain("KEY=1", answer);
    }

    [Fact]
    public async Task ADirectoryWithoutItsSlash_IsRedirectedWithinTheSite()
    {
        using var answer = await _http.GetAsync("/docs?x=1", Cancel);
        Assert.Equal((HttpStatusCode.PermanentRedirect, "/docs/?x=1"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        using var foreign = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_server.Port}//docs");
        using var other = await _http.SendAsync(foreign, Cancel);
        Assert.DoesNotContain("//", other.Headers.Location?.OriginalString ?? "");
    }

    [Fact]
    public async Task Tags_FollowTheContent_AndSaveTheBody()
    {
        using var first = await _http.GetAsync("/about.html", Cancel);
        File.SetLastWriteTimeUtc(_directory.Join("site/about.html"), DateTime.UnixEpoch);
        Assert.Equal(HttpStatusCode.NotModified, (await ConditionalAsync("/about.html", first.Headers.ETag!)).Status);
        _directory.Write("site/about.html", "ABOUT");
        Assert.Equal((HttpStatusCode.OK, "ABOUT"), await ConditionalAsync("/about.html", first.Headers.ETag!));
    }

    [Theory]
    [InlineData("bytes=2-4", 206, "234", "bytes 2-4/10")]
    [InlineData("bytes=7-", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=-2", 206, "89", "bytes 8-9/10")]
    [InlineData("bytes=8-99", 206, "89", "bytes 8-9/10")]
    [InlineData("bytes=10-", 416, "", "bytes */10")]
    [InlineData("bytes=0-1,3-4", 200, "0123456789", null)]
    [InlineData("bytes=4-2", 200, "0123456789", null)]
    [InlineData("lines=1-2", 200, "0123456789", null)]
    public async Task Ranges_AreThoseOfTheRfc(string range, int status, string body, string? contentRange)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/assets/index-DiwrgTda.js");
        request.Headers.TryAddWithoutValidation("Range", range);
        using var answer = await _http.SendAsync(request, Cancel);
        Assert.Equal((status, body), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel)));
        Assert.Equal(contentRange, answer.Content.Headers.ContentRange?.ToString());
    }

    [Fact]
    public async Task ARangeOfAnOlderFile_GivesTheWholeNewOne()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/assets/index-DiwrgTda.js");
        request.Headers.Range = new RangeHeaderValue(2, 4);
        request.Headers.IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue("\"older\""));
        using var answer = await _http.SendAsync(request, Cancel);
        Assert.Equal((HttpStatusCode.OK, "0123456789"), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel)));
    }

    [Fact]
    public async Task Head_HasTheHeadersAlone_AndOtherMethodsAreRefused()
    {
        using var head = await _http.SendAsync(new(HttpMethod.Head, "/about.html"), Cancel);
        Assert.Equal((5, ""), (head.Content.Headers.ContentLength, await head.Content.ReadAsStringAsync(Cancel)));
        using var post = await _http.PostAsync("/about.html", null, Cancel);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
        Assert.Equal(["GET", "HEAD"], post.Content.Headers.Allow);
    }

    [Fact]
    public async Task Spa_AnswersPagesWithIndexAndMissingFilesWith404()
    {
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{_spa.Port}") };
        Assert.Equal("<h1>home</h1>", await http.GetStringAsync("/orders/42", Cancel));
        using var missing = await http.GetAsync("/assets/gone.js", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task ASiteWithItsOwn404Page_ShowsItWithThatStatus()
    {
        _directory.Write("site/404.html", "lost?");
        using var answer = await _http.GetAsync("/nothing", Cancel);
        Assert.Equal((HttpStatusCode.NotFound, "lost?"), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel)));
        Assert.Equal("no-cache", answer.Headers.CacheControl!.ToString());
    }

    [Theory]
    [InlineData("/assets/index-DiwrgTda.js", true)]
    [InlineData("/shop/assets/main-3fa4b2c1.css", true)]
    [InlineData("/static/js/main.3fa4b2c1.chunk.js", true)]
    [InlineData("/_astro/page.css", true)]
    [InlineData("/_next/static/chunks/main.js", true)]
    [InlineData("/_nuxt/builds/latest.json", false)]
    [InlineData("/index.html", false)]
    [InlineData("/assets/jquery-validation.js", false)]
    [InlineData("/assets/lib-DataTables.js", false)]
    [InlineData("/assets/photo-20240101.jpg", false)]
    [InlineData("/assets/vendor-bootstrap5.js", false)]
    [InlineData("/assets/doc-version2.pdf", false)]
    [InlineData("/img/main-3fa4b2c1.png", false)]
    public void IsHashed_OnlyWhatCannotBeAWord(string path, bool hashed) => Assert.Equal(hashed, CacheRules.IsHashed(path));

    [Fact]
    public async Task Verb_ServesOnPortUntilItIsTold()
    {
        var port = Shop.FreePort().ToString(CultureInfo.InvariantCulture);
        using var process = SignalboxProgram.Start(SignalboxProgram.Path, _directory.Join("site"), new Dictionary<string, string> { ["PORT"] = port }, "static");
        var said = await process.StandardOutput.ReadLineAsync(Cancel);
        Assert.Equal($"serving {_directory.Join("site")} at http://127.0.0.1:{port}/", said);
        using var http = new HttpClient();
        Assert.Equal("about", await http.GetStringAsync($"http://127.0.0.1:{port}/about", Cancel));
        using (var kill = SignalboxProgram.Start("/bin/kill", null, null, "-TERM", process.Id.ToString(CultureInfo.InvariantCulture)))
            (await SignalboxProgram.EndOf(kill)).Expect(0);
        (await SignalboxProgram.EndOf(process)).Expect(0);
    }

    [Theory]
    [InlineData("static NONE", 3, "error[static-missing]")]
    [InlineData("static .", 2, "error[static-port]: PORT is ''; expected a port")]
    public async Task Verb_ThatCannot_SaysWhy(string line, int code, string message) =>
        Assert.Contains(message, (await SignalboxProgram.RunAsync(_directory.Path, new Dictionary<string, string> { ["PORT"] = "" }, line.Split(' '))).Expect(code).Error);

    private async Task<(HttpStatusCode Status, string Body)> ConditionalAsync(string path, EntityTagHeaderValue tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfNoneMatch.Add(tag);
        using var answer = await _http.SendAsync(request, Cancel);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }
}
