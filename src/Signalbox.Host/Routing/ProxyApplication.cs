using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Signalbox.Host.Routing;

/// <summary>A request's context, reused for all requests of its connection.</summary>
internal sealed class ProxyContext(ClientConnection connection)
{
    public ClientConnection Connection { get; } = connection;

    public DefaultHttpContext Http { get; } = new();
}

/// <summary>What Kestrel calls: nothing between it and the forwarder.</summary>
internal sealed class ProxyApplication(RequestProxy proxy) : IHttpApplication<ProxyContext>
{
    public ProxyContext CreateContext(IFeatureCollection contextFeatures)
    {
        var container = contextFeatures as IHostContextContainer<ProxyContext>;
        var context = container?.HostContext ?? new ProxyContext(contextFeatures.GetRequiredFeature<ClientConnection>());
        if (container is not null) container.HostContext = context;
        context.Http.Initialize(contextFeatures);
        return context;
    }

    public Task ProcessRequestAsync(ProxyContext context) => proxy.PassAsync(context.Connection, context.Http);

    public void DisposeContext(ProxyContext context, Exception? exception) => context.Http.Uninitialize();
}
