using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Signalbox.Diagnostics;
using Signalbox.Server.Access;
using Signalbox.Server.Http;
using Signalbox.Storage;

namespace Signalbox.Server;

/// <summary>The control plane's front: lock, ledger, tokens, and the API over them.</summary>
public static class ControlPlaneServer
{
    /// <summary>Serves until <paramref name="cancel"/> or <c>POST /api/v1/shutdown</c>.</summary>
    /// <inheritdoc cref="StartAsync"/>
    public static async Task RunAsync(
        ServeOptions options, Func<ControlPlaneServices, CancellationToken, Task<IControlPlane>> connect, CancellationToken cancel)
    {
        await using var server = await StartAsync(options, connect, cancel).ConfigureAwait(false);
        await server.Stopped.WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <param name="connect">Makes what the API serves, once ledger and lock are held; disposed with the server.</param>
    /// <exception cref="SignalboxException">
    /// Exit code 1 (<c>control-plane-running</c>, <c>address-in-use</c>): another one holds the state directory or the address.
    /// Exit code 2 (<c>listen-not-loopback</c>): the address is more than loopback and nobody allowed plain HTTP there.
    /// Exit code 3: the directory or the ledger cannot be used.
    /// </exception>
    public static async Task<RunningServer> StartAsync(
        ServeOptions options, Func<ControlPlaneServices, CancellationToken, Task<IControlPlane>> connect, CancellationToken cancel)
    {
        CheckListen(options);
        try
        {
            return await StartUntoldAsync(options, connect, cancel).ConfigureAwait(false);
        }
        catch (StorageException e)
        {
            throw new SignalboxException(e.Id == "control-plane-running" ? 1 : 3, Finding.Error(e.Id, e.Message, new(options.StateDirectory), e.Help));
        }
        catch (IOException e) when (e.InnerException is AddressInUseException && options.Listen is null)
        {
            // somebody took the preferred port between our look and our start
            return await StartAsync(options with { Listen = new(IPAddress.Loopback, 0) }, connect, cancel).ConfigureAwait(false);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new SignalboxException(1, Finding.Error(
                "address-in-use", $"the address {options.Listen} is in use by another program", new("signalbox serve --listen"), $"ss -ltnp 'sport = :{options.Listen?.Port}'"));
        }
    }

    private static async Task<RunningServer> StartUntoldAsync(
        ServeOptions options, Func<ControlPlaneServices, CancellationToken, Task<IControlPlane>> connect, CancellationToken cancel)
    {
        var installation = Installation.Open(options);
        try
        {
            var plane = await connect(new(installation.State, installation.Feed, options.Time, installation.Took, installation.Desk), cancel).ConfigureAwait(false);
            var running = new RunningServer(options, installation, plane);
            await running.StartAsync(cancel).ConfigureAwait(false);
            return running;
        }
        catch
        {
            installation.Dispose();
            throw;
        }
    }

    /// <summary>Servers bind loopback unless told otherwise, and told knowingly: whoever hears a token may use it.</summary>
    private static void CheckListen(ServeOptions options)
    {
        if (options.Listen is not { } listen || IPAddress.IsLoopback(listen.Address) || options.AllowPlainHttp) return;
        throw new SignalboxException(2, Finding.Error(
            "listen-not-loopback", $"{listen} is more than loopback and this server has no TLS, so tokens would travel in clear; expected a loopback address, with a proxy that ends TLS or a tunnel before it",
            new("signalbox serve --listen"), $"signalbox serve --listen 127.0.0.1:{listen.Port}   # or, on a network you trust: --listen {listen} --allow-plain-http"));
    }

    /// <summary>The address itself may be asked for: a literal cannot be rebound by a name server.</summary>
    internal static IReadOnlyList<string> HostsOf(ServeOptions options) => options.Listen is { } listen && !IsAny(listen.Address)
        ? [.. options.AllowedHosts, listen.Address.ToString()]
        : options.AllowedHosts;

    /// <summary>An address that can be connected to from this machine, where it listens on all of them.</summary>
    internal static string Reachable(string address) => new Uri(address) is var uri && IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) && IsAny(ip)
        ? $"http://{(ip.Equals(IPAddress.Any) ? "127.0.0.1" : "[::1]")}:{uri.Port}"
        : address;

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    internal static WebApplication Build(ServeOptions options, IPEndPoint listen)
    {
        // empty: neither appsettings.json nor ASPNETCORE_ variables of whoever starts it have a say
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBody;
            kestrel.Limits.MaxConcurrentConnections = 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Listen(listen, http => http.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, QuietLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        return builder.Build();
    }

    internal static void Map(WebApplication app, ServeOptions options, AccessGate gate, IEnumerable<ApiEndpoint> endpoints)
    {
        app.Use(next => http => GuardAsync(http, options, gate, next));
        app.UseRouting();
        foreach (var endpoint in endpoints)
            app.MapMethods(endpoint.Path, [endpoint.Method], http => HandleAsync(http, options, endpoint)).WithMetadata(endpoint);
    }

    /// <summary>Where it listens unless told: where it listened last, so that an open page finds it again, else the usual port, else a free one.</summary>
    internal static IPEndPoint ListenOn(ServeOptions options) => options.Listen
        ?? ListenPort.Candidates(options.StateDirectory).Select(port => new IPEndPoint(IPAddress.Loopback, port)).FirstOrDefault(IsFree)
        ?? new(IPAddress.Loopback, 0);

    private static bool IsFree(IPEndPoint endpoint)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(endpoint);
            probe.Listen();
            return true;
        }
        catch (SocketException)
        {
            // several installations on one machine: control.json says which port each has
            return false;
        }
    }

    private static async Task GuardAsync(HttpContext http, ServeOptions options, AccessGate gate, RequestDelegate next)
    {
        try
        {
            Headers.Apply(http.Response);
            if (options.BehindTls && http.Request.Headers["X-Forwarded-Proto"] is ["https"]) http.Request.Scheme = "https";
            gate.Pass(http);
            await next(http).ConfigureAwait(false);
            if (http.Response is { HasStarted: false, StatusCode: 404 or 405 } && http.GetEndpoint()?.Metadata.GetMetadata<ApiEndpoint>() is null)
                await Problems.WriteAsync(http, http.Response.StatusCode, NoRoute(http)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // nobody is left to answer
        }
        catch (Exception e)
        {
            await AnswerAsync(http, options, e).ConfigureAwait(false);
        }
    }

    private static Api.Problem NoRoute(HttpContext http) => http.Response.StatusCode == 405
        ? new("method-not-allowed", $"{http.Request.Path} does not take {http.Request.Method}", "curl .../openapi.json")
        : new("route-unknown", $"there is nothing at {http.Request.Path}", "curl .../openapi.json");

    private static async Task AnswerAsync(HttpContext http, ServeOptions options, Exception e)
    {
        var (status, problem) = Problems.Of(e);
        if (status >= 500) options.Log($"{http.Request.Method} {http.Request.Path}: {problem.Id}: {(status == 500 ? e : e.Message)}");
        if (http.Response.HasStarted) http.Abort();
        else await Problems.WriteAsync(http, status, problem).ConfigureAwait(false);
    }

    private static Task HandleAsync(HttpContext http, ServeOptions options, ApiEndpoint endpoint)
    {
        var caller = (Caller?)http.Items[typeof(Caller)];
        if (endpoint.Scope != Scope.None && caller?.Scopes.Allows(endpoint.Scope) != true)
            throw new ApiException(403, "scope-missing",
                $"{endpoint.Id} needs the scope {endpoint.Scope.ToNames()[0]}; this token has {string.Join(", ", caller?.Scopes.ToNames() ?? [])}",
                $"signalbox token create PRINCIPAL --scope {endpoint.Scope.ToNames()[0]}");
        // who asks from elsewhere tells by it that no proxy's page answers; a refusal is written anew, without it
        http.Response.Headers["X-Signalbox-Version"] = options.Version;
        var request = new ApiRequest(http, caller);
        if (caller is { Bound.IsNone: false } && endpoint.Scope != Scope.None) CheckBound(request, endpoint);
        return endpoint.Handle(request);
    }

    /// <summary>What a route's own values say; what a body or a record names, its handler holds against the bound.</summary>
    private static void CheckBound(ApiRequest request, ApiEndpoint endpoint)
    {
        if (endpoint.Reach == Reach.Everything) throw ApiRequest.NotFor(request.Caller.Bound);
        if (endpoint.Path.Contains("{application}/{environment}", StringComparison.Ordinal)) request.Confine(request.Track.Application, request.Track.Environment);
    }

    /// <summary>Signals belong to the verb that runs us, not to the web host.</summary>
    private sealed class QuietLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
