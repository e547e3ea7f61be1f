using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Signalbox.Host.Tests.Routing;

/// <summary>A real HTTP server in this process that answers with its name and does what the path says.</summary>
internal sealed class TestBackend : IAsyncDisposable
{
    private readonly WebApplication _app;
    /// <summary>More than sockets and servers buffer.</summary>
    public const int LargeBytes = 16 * 1024 * 1024;

    private int _served, _connections;

    private TestBackend(WebApplication app, string name) => (_app, Name) = (app, name);

    public string Name { get; }

    public int Port { get; private set; }

    public int Served => Volatile.Read(ref _served);

    /// <summary>How many are open now.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Set: every answer is a 500.</summary>
    public bool Failing { get; set; }

    public static async Task<TestBackend> StartAsync(string name, TimeSpan? idleClose = null)
    {
        TestBackend? backend = null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Use(next => connection => backend!.CountedAsync(next, connection)));
            kestrel.Limits.MaxRequestBodySize = null;
            if (idleClose is { } idle) kestrel.Limits.KeepAliveTimeout = idle;
        });
        backend = new TestBackend(builder.Build(), name);
        backend._app.UseWebSockets();
        backend._app.Run(backend.AnswerAsync);
        await backend._app.StartAsync();
        var addresses = backend._app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.GetRequiredFeature<Microsoft.AspNetCore.Hosting.Server.Features.IServerAddressesFeature>();
        backend.Port = new Uri(addresses.Addresses.Single()).Port;
        return backend;
    }

    private async Task CountedAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        Interlocked.Increment(ref _connections);
        try
        {
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private async Task AnswerAsync(HttpContext http)
    {
        Interlocked.Increment(ref _served);
        http.Response.Headers["X-Version"] = Name;
        var task = http.Request.Path.Value switch
        {
            "/slow" => SlowAsync(http),
            "/hang" => Task.Delay(Timeout.Infinite, http.RequestAborted),
            "/stall" => StallAsync(http),
            "/large" => LargeAsync(http),
            "/fail" => Fail(http),
            "/missing" => Status(http, 404),
            "/echo" => http.Request.Body.CopyToAsync(http.Response.Body),
            "/digest" => DigestAsync(http),
            "/headers" => http.Response.WriteAsync(string.Join("\n", http.Request.Headers.Select(h => $"{h.Key}: {h.Value}"))),
            "/cookies" => SetCookies(http),
            "/events" => EventsAsync(http),
            "/ws" => EchoSocketAsync(http),
            "/reset" => Reset(http),
            _ => Failing ? Fail(http) : TargetAsync(http),
        };
        await task;
    }

    private static Task TargetAsync(HttpContext http) =>
        http.Response.WriteAsync(http.Features.Get<IHttpRequestFeature>()!.RawTarget);

    /// <summary>Answers with what it was asked to set, one a line of the query.</summary>
    private static Task SetCookies(HttpContext http)
    {
        foreach (var cookie in http.Request.Query["set"]) http.Response.Headers.Append("Set-Cookie", cookie);
        return Task.CompletedTask;
    }

    private static async Task SlowAsync(HttpContext http)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(400), http.RequestAborted);
        await http.Request.Body.CopyToAsync(http.Response.Body);
    }

    private static async Task LargeAsync(HttpContext http)
    {
        var piece = new byte[1 << 16];
        for (var sent = 0; sent < LargeBytes; sent += piece.Length) await http.Response.Body.WriteAsync(piece);
    }

    private static async Task StallAsync(HttpContext http)
    {
        await http.Response.WriteAsync("the first of it");
        await http.Response.Body.FlushAsync();
        await Task.Delay(Timeout.Infinite, http.RequestAborted);
    }

    private static async Task DigestAsync(HttpContext http) =>
        await http.Response.WriteAsync(Convert.ToHexStringLower(await System.Security.Cryptography.SHA256.HashDataAsync(http.Request.Body)));

    private static Task Fail(HttpContext http) => Status(http, 500);

    private static Task Reset(HttpContext http)
    {
        http.Abort();
        return Task.CompletedTask;
    }

    private static Task Status(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static async Task EventsAsync(HttpContext http)
    {
        http.Response.ContentType = "text/event-stream";
        await http.Response.WriteAsync("data: first\n\n");
        await http.Response.Body.FlushAsync();
        await Task.Delay(Timeout.Infinite, http.RequestAborted);
    }

    private static async Task EchoSocketAsync(HttpContext http)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[1024];
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer.AsMemory(), http.RequestAborted);
            if (got.MessageType == WebSocketMessageType.Close) break;
            await socket.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, http.RequestAborted);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var at_once = new CancellationTokenSource();
        await at_once.CancelAsync();
        await _app.StopAsync(at_once.Token);
        await _app.DisposeAsync();
    }
}
