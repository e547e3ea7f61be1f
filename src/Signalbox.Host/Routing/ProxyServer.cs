using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace Signalbox.Host.Routing;

/// <summary>The proxy: Kestrel without hosting or middleware, over YARP's forwarder.</summary>
internal sealed class ProxyServer : IAsyncDisposable
{
    private readonly Listeners _listeners;
    private readonly KestrelServer _server;
    private readonly ServiceProvider _services;
    private readonly RequestProxy _proxy;

    public ProxyServer(Listeners listeners, TimeProvider time, ILoggerFactory loggers)
    {
        _listeners = listeners;
        _services = new ServiceCollection().AddSingleton(loggers).AddLogging().AddHttpForwarder().BuildServiceProvider();
        _proxy = new(_services.GetRequiredService<IHttpForwarder>(), time);
        _server = new(Options.Create(Configure()), _listeners, loggers);
    }

    public Task StartAsync(CancellationToken cancel) => _server.StartAsync(new ProxyApplication(_proxy), cancel);

    /// <summary>No new connections; the requests under way finish until cancelled.</summary>
    public Task StopAsync(CancellationToken cancel) => _server.StopAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        _server.Dispose();
        await _listeners.DisposeAsync();
        await _services.DisposeAsync();
    }

    /// <summary>Bodies pass as they come: how large and how slow they may be is the service's business.</summary>
    private KestrelServerOptions Configure()
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Listen(_listeners.EndPoint, listen => listen.Protocols = HttpProtocols.Http1);
        return options;
    }
}
