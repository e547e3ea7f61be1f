using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Signalbox.Host.Routing;

/// <summary>A request's context, reused for all requests of its connection.</summary>
internal sealed class ProxyContext(ClientConnection connection, ClientStream upload, ClientResponseBody download)
{
    public ClientConnection Connection { get; } = connection;

    public DefaultHttpContext Http { get; } = new();

    /// <summary>Begins a request of the connection, with its bodies watched for a slow client.</summary>
    public void Begin(IFeatureCollection features)
    {
        var request = features.GetRequiredFeature<IHttpRequestFeature>();
        request.Body = upload.Over(request.Body);
        features.Set<IHttpResponseBodyFeature>(download.Over(features.GetRequiredFeature<IHttpResponseBodyFeature>()));
        Http.Initialize(features);
    }
}

/// <summary>What Kestrel calls: nothing between it and the forwarder.</summary>
internal sealed class ProxyApplication(RequestProxy proxy) : IHttpApplication<ProxyContext>
{
    public ProxyContext CreateContext(IFeatureCollection contextFeatures)
    {
        var container = contextFeatures as IHostContextContainer<ProxyContext>;
        var context = container?.HostContext ?? ContextOf(contextFeatures.GetRequiredFeature<ClientConnection>());
        if (container is not null) container.HostContext = context;
        context.Begin(contextFeatures);
        return context;
    }

    private static ProxyContext ContextOf(ClientConnection connection) =>
        new(connection, new(connection.Request), new(new(connection.Request)));

    public Task ProcessRequestAsync(ProxyContext context) => proxy.PassAsync(context.Connection, context.Http);

    public void DisposeContext(ProxyContext context, Exception? exception) => context.Http.Uninitialize();
}
