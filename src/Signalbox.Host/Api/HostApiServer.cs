using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Signalbox.Diagnostics;

namespace Signalbox.Host.Api;

/// <summary>The API on the Unix socket of the state directory, for the user of the host and root alone.</summary>
internal sealed class HostApiServer : IHttpApplication<HttpContext>, IDisposable
{
    public const string SocketName = "host.sock";

    /// <summary>A table with hundreds of services stays below it.</summary>
    private const long LargestDocument = 8 * 1024 * 1024;

    /// <summary>sun_path of unix(7), less its closing zero.</summary>
    private const int LongestPath = 107;

    private readonly HostApi _api;
    private readonly KestrelServer _server;
    private readonly string _path;
    private readonly uint _self;

    /// <param name="self">The user who may ask beside root.</param>
    public HostApiServer(HostApi api, string stateDirectory, uint self, ILoggerFactory loggers)
    {
        (_api, _path, _self) = (api, PathIn(stateDirectory), self);
        _server = new(Options.Create(Configure()), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers), loggers);
    }

    /// <summary>The socket of a state directory.</summary>
    /// <exception cref="SignalboxException">The path is longer than a socket's can be.</exception>
    public static string PathIn(string stateDirectory)
    {
        var path = Path.Combine(Path.GetFullPath(stateDirectory), SocketName);
        var length = System.Text.Encoding.UTF8.GetByteCount(path);
        return length <= LongestPath ? path : throw new SignalboxException(2, Finding.Error(
            "state-path-too-long", $"the path of the host's socket has {length} bytes; a Unix socket's has at most {LongestPath}",
            new Location(path), "use a shorter state directory: --state ~/.signalbox"));
    }

    /// <summary>Whoever started this holds the lock of the state directory, so that a socket lying there is a dead one.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        File.Delete(_path);
        await _server.StartAsync(this, cancel);
        File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public async Task StopAsync(CancellationToken cancel)
    {
        await _server.StopAsync(cancel);
        File.Delete(_path);
    }

    public void Dispose() => _server.Dispose();

    HttpContext IHttpApplication<HttpContext>.CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    Task IHttpApplication<HttpContext>.ProcessRequestAsync(HttpContext context) => _api.HandleAsync(context);

    void IHttpApplication<HttpContext>.DisposeContext(HttpContext context, Exception? exception) { }

    private KestrelServerOptions Configure()
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = LargestDocument;
        options.ListenUnixSocket(_path, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection => IsAllowed(connection) ? next(connection) : Task.CompletedTask);
        });
        return options;
    }

    private bool IsAllowed(ConnectionContext connection) =>
        connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket
        && PeerCredentials.MayAsk(PeerCredentials.UserOf(socket), _self);
}
