using System.Globalization;
using System.Text.Json;

namespace Signalbox.Cli.Tests;

/// <summary>From a directory with nothing but a project to a release that was taken back, by the real program.</summary>
public sealed class InitTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TemporaryDirectory _state = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _directory.Dispose();
        _state.Dispose();
    }

    [Fact]
    public async Task Init_NeverWritesOverWhatIsThere_ExceptWhenTold()
    {
        _directory.Write("index.html", "<h1>hello</h1>");
        var first = (await RunAsync("init")).Expect(0);
        Assert.Contains("wrote signalbox.yaml and .signalboxignore", first.Out);
        Assert.Contains("next: signalbox up", first.Out);
        // an editor finds what completes the file without a further step, in another checkout too
        var schema = _directory.Join(".signalbox/signalbox.schema.json");
        Assert.Equal("# yaml-language-server: $schema=.signalbox/signalbox.schema.json", File.ReadLines(_directory.Join("signalbox.yaml")).First());
        Assert.Equal((await RunAsync("schema")).Expect(0).Out, await File.ReadAllTextAsync(schema, Cancel));
        Directory.Delete(_directory.Join(".signalbox"), recursive: true);
        (await RunAsync("check")).Expect(0);
        Assert.True(File.Exists(schema));
        Assert.Equal("*\n", await File.ReadAllTextAsync(_directory.Join(".signalbox/.gitignore"), Cancel));
        _directory.Write("signalbox.yaml", "# mine\n");
        var second = (await RunAsync("init")).Expect(1);
        Assert.Contains("error[init-exists]", second.Error);
        Assert.Contains("= help: signalbox init . --stdout | diff signalbox.yaml -", second.Error);
        Assert.Equal("# mine\n", await File.ReadAllTextAsync(_directory.Join("signalbox.yaml"), Cancel));
        (await RunAsync("init", "--force")).Expect(0);
        Assert.Contains("application:", await File.ReadAllTextAsync(_directory.Join("signalbox.yaml"), Cancel));
    }

    /// <summary>Somebody's checkout is checked before it is trusted: nothing is written where its links lead.</summary>
    [Theory]
    [InlineData(".signalbox/signalbox.schema.json", "signalbox.schema.json", "mine")]
    [InlineData(".signalbox/.gitignore", "new", null)]
    [InlineData(".signalbox", "", "mine")]
    public async Task Check_OfACheckoutWithLinks_WritesNothingElsewhere(string link, string target, string? there)
    {
        _directory.Write("signalbox.yaml", $"# yaml-language-server: $schema=.signalbox/signalbox.schema.json\napiVersion: signalbox/v1\napplication: shop\nprocess: {{ command: [sh] }}\nport: {Shop.FreePort().ToString(CultureInfo.InvariantCulture)}\n");
        if (there is not null) _state.Write("signalbox.schema.json", there);
        var place = _directory.Join(link);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        File.CreateSymbolicLink(place, target.Length == 0 ? _state.Path : _state.Join(target));
        (await RunAsync("check")).Expect(0);
        Assert.Equal(there, File.Exists(_state.Join("signalbox.schema.json")) ? await File.ReadAllTextAsync(_state.Join("signalbox.schema.json"), Cancel) : null);
        Assert.False(File.Exists(_state.Join("new")) || File.Exists(_state.Join(".gitignore")));
        Assert.NotNull(new FileInfo(place).LinkTarget);
    }

    [Fact]
    public async Task Stdout_PrintsTheFileAlone_AndWritesNothing()
    {
        _directory.Write("shop/package.json", """{ "name": "shop", "scripts": { "start": "node server.js" }, "dependencies": { "express": "4" } }""");
        _directory.Write("shop/server.js", "require('express')().listen(3000)\n");
        var ended = (await RunAsync("init", "shop", "--stdout")).Expect(0);
        Assert.StartsWith("# yaml-language-server: $schema=.signalbox/signalbox.schema.json\n# Written by `signalbox init`", ended.Out, StringComparison.Ordinal);
        Assert.Contains("warning[init-port-fixed]", ended.Error);
        Assert.Contains("--> shop/server.js:1:1", ended.Error);
        Assert.False(File.Exists(_directory.Join("shop/signalbox.yaml")));
    }

    [Fact]
    public async Task Json_SaysEachThingWithItsReasonAndSource()
    {
        _directory.Write("package.json", "{\n  \"name\": \"shop\",\n  \"scripts\": { \"start\": \"node server.js\" },\n  \"dependencies\": { \"express\": \"4\" }\n}\n");
        _directory.Write("server.js", "app.get('/healthz', ok)\napp.listen(process.env.PORT || 3456)\n");
        using var json = JsonDocument.Parse((await RunAsync("init", "--format", "json")).Expect(0).Out);
        Assert.True(json.RootElement.GetProperty("written").GetBoolean());
        var service = json.RootElement.GetProperty("services")[0];
        Assert.Equal("Express", service.GetProperty("what").GetString());
        var health = service.GetProperty("proposed").EnumerateArray().Single(line => line.GetProperty("what").GetString() == "health");
        Assert.Equal(("/healthz", "server.js:1"), (health.GetProperty("value").GetString(), health.GetProperty("source").GetString()));
    }

    [Theory]
    [InlineData("init", 1, "error[init-nothing-found]")]
    [InlineData("init none", 3, "error[init-missing]")]
    [InlineData("init --kind cobol", 2, "error[usage]")]
    public async Task Init_ThatCannot_SaysWhy(string line, int code, string message)
    {
        Assert.Contains(message, (await RunAsync(line.Split(' '))).Expect(code).Error);
        Assert.False(File.Exists(_directory.Join("signalbox.yaml")));
    }

    [Fact]
    public async Task AStaticSite_GoesOut_ChangesAndIsTakenBack()
    {
        _directory.Write("index.html", "<h1>one</h1>");
        (await RunAsync("init")).Expect(0);
        await TakeOutAsync("<h1>one</h1>", () => _directory.Write("index.html", "<h1>two</h1>"), "<h1>two</h1>", () => File.Delete(_directory.Join("index.html")));
    }

    [Fact]
    public async Task ANodeServer_GoesOut_ChangesAndIsTakenBack()
    {
        Assert.SkipUnless(Directory.GetFiles("/usr/bin", "node").Length > 0, "node is not in /usr/bin");
        _directory.Write("package.json", """{ "name": "shop", "scripts": { "start": "node server.js" } }""");
        var server = "require('http').createServer((q, a) => a.end('one')).listen(process.env.PORT || 3000)\n";
        _directory.Write("server.js", server);
        (await RunAsync("init")).Expect(0);
        await TakeOutAsync("one", () => _directory.Write("server.js", server.Replace("one", "two", StringComparison.Ordinal)), "two", () => _directory.Write("server.js", "throw new Error('broken')\n"));
    }

    /// <summary>The times of the proposal are for people; here they are shortened, all else stays as it was written.</summary>
    private async Task TakeOutAsync(string before, Action change, string after, Action breakIt)
    {
        var port = Shop.FreePort().ToString(CultureInfo.InvariantCulture);
        var text = await File.ReadAllTextAsync(_directory.Join("signalbox.yaml"), Cancel);
        text = System.Text.RegularExpressions.Regex.Replace(text, "^port: .*$", $"port: {port}", System.Text.RegularExpressions.RegexOptions.Multiline);
        text = text.Replace("for: 10s", "for: 100ms", StringComparison.Ordinal).Replace("bake: 30s", "bake: 0s", StringComparison.Ordinal).Replace("maxStepTime: 30s", "maxStepTime: 300ms", StringComparison.Ordinal)
            .Replace("http: / }", "http: /, startWithin: 2s }", StringComparison.Ordinal);
        _directory.Write("signalbox.yaml", text);
        try
        {
            (await RunAsync("up")).Expect(0);
            Assert.Equal(before, await GetAsync(port));
            change();
            (await RunAsync("deploy")).Expect(0);
            Assert.Equal(after, await GetAsync(port));
            breakIt();
            Assert.Contains("RolledBack", (await RunAsync("deploy")).Expect(1).Out);
            Assert.Equal(after, await GetAsync(port));
        }
        finally
        {
            await RunAsync("down");
        }
    }

    private static async Task<string> GetAsync(string port)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"), Cancel);
    }

    private Task<Ended> RunAsync(params string[] arguments) => SignalboxProgram.RunAsync(_directory.Path, null, [.. arguments, "--state", _state.Path]);
}
