using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Signalbox.Api;

namespace Signalbox.Server.Tests;

/// <summary>The real server on a real socket and a real state directory, over a fake engine.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly bool _keepState;

    private TestServer(string state, FakeTimeProvider time, bool keepState) => (State, Time, _keepState) = (state, time, keepState);

    public string State { get; }

    public FakeTimeProvider Time { get; }

    public RunningServer Server { get; private set; } = null!;

    public FakeControlPlane Plane { get; private set; } = null!;

    public List<string> Log { get; } = [];

    public string AdminToken => File.ReadAllText(Path.Combine(State, "token")).Trim();

    public HttpClient Http { get; private set; } = null!;

    public static async Task<TestServer> StartAsync(Func<ServeOptions, ServeOptions>? with = null, string? state = null)
    {
        var root = state ?? Path.Combine(Directory.CreateTempSubdirectory("signalbox-").FullName, "state");
        var test = new TestServer(root, new(DateTimeOffset.UtcNow), state is not null);
        var options = new ServeOptions(root, "0.0.0")
        {
            Listen = new(IPAddress.Loopback, 0),
            Time = test.Time,
            MaxBody = 64 << 10,
            MaxUpload = 1 << 20,
            Log = line => { lock (test.Log) test.Log.Add(line); },
        };
        test.Server = await ControlPlaneServer.StartAsync(
            with?.Invoke(options) ?? options, (services, _) => Task.FromResult<IControlPlane>(test.Plane = new(services.Ledger)), CancellationToken.None);
        test.Http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = new(test.Server.Address) };
        return test;
    }

    /// <summary>Sends with the admin token unless told another (null: none).</summary>
    public Task<HttpResponseMessage> SendAsync(string method, string path, string? body = null, string? token = "admin", Action<HttpRequestMessage>? with = null)
    {
        var request = new HttpRequestMessage(new(method), path);
        if (token is not null) request.Headers.Authorization = new("Bearer", token == "admin" ? AdminToken : token);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        with?.Invoke(request);
        return Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async Task<(int Status, Problem Problem)> RefusedAsync(string method, string path, string? body = null, string? token = "admin", Action<HttpRequestMessage>? with = null)
    {
        using var answer = await SendAsync(method, path, body, token, with);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), ApiJson.Default.Problem)!;
        Assert.False(string.IsNullOrEmpty(problem.Id) || string.IsNullOrEmpty(problem.Message));
        return ((int)answer.StatusCode, problem);
    }

    public async Task<TokenCreated> NewTokenAsync(params string[] scopes)
    {
        var body = JsonSerializer.Serialize(new CreateToken("ci:trial", scopes, TimeSpan.FromHours(1)), ApiJson.Default.CreateToken);
        using var answer = await SendAsync("POST", "/api/v1/tokens", body);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), ApiJson.Default.TokenCreated)!;
    }

    public async Task<string> NewLoginLinkAsync()
    {
        using var answer = await SendAsync("POST", "/api/v1/login-links");
        return JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), ApiJson.Default.LoginLink)!.Url;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        if (!_keepState) Directory.Delete(Path.GetDirectoryName(State)!, recursive: true);
    }
}
