using System.Net;

namespace Signalbox.Host.Routing;

/// <summary>How connections to a backend are kept: nothing is added to, followed in, or unpacked from what passes.</summary>
internal static class UpstreamConnections
{
    /// <summary>
    /// Below the shortest keep-alive of common servers (gunicorn 2 s, Node and uvicorn 5 s): a POST on a
    /// connection that the backend is just closing could not be sent again. SocketsHttpHandler looks for idle
    /// connections at most once a second, so that one can be used up to a second after this.
    /// </summary>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromMilliseconds(900);

    /// <summary>On loopback a connect either works at once or the listen queue is full.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    public static HttpMessageInvoker Create() => new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionIdleTimeout = IdleTimeout,
            MaxResponseHeadersLength = 128,
        },
        disposeHandler: true);
}
