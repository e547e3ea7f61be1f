using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.StaticSite;

/// <summary>Serves a site's files on 127.0.0.1; its end lets requests in flight be finished.</summary>
internal sealed class SiteServer : IAsyncDisposable
{
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(8);

    private readonly WebApplication _app;

    private SiteServer(WebApplication app) => _app = app;

    public int Port => new Uri(_app.Urls.First()).Port;

    /// <param name="port">0 for a free one.</param>
    /// <param name="spa">Pages that are no files are answered with the site's index.html.</param>
    /// <exception cref="SignalboxException">The port cannot be listened on.</exception>
    public static async Task<SiteServer> StartAsync(SiteFiles files, int port, bool spa)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        var app = builder.Build();
        app.Run(http => new SiteRequest(files, http, spa).AnswerAsync());
        try
        {
            await app.StartAsync().ConfigureAwait(false);
            return new(app);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("static-port", $"127.0.0.1:{port} cannot be listened on; expected a free port", new("port"), "signalbox static --port 0"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(Drain);
        await _app.StopAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _app.DisposeAsync().ConfigureAwait(false);
    }
}
