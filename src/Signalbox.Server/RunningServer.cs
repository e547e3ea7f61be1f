using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Signalbox.Server.Access;
using Signalbox.Server.Endpoints;
using Signalbox.Server.Http;
using Signalbox.Server.Metrics;
using Signalbox.Server.Notifying;
using Signalbox.Server.Outbound;
using Signalbox.Server.Telemetry;

namespace Signalbox.Server;

/// <summary>A server that listens; disposing it stops it gracefully (streams end, requests get 5 s).</summary>
public sealed class RunningServer : IAsyncDisposable
{
    private readonly ServeOptions _options;
    private readonly Installation _installation;
    private readonly IControlPlane _plane;
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ServerParts _parts;
    private readonly ReportDesk _reports;
    private readonly Poster _outbound = new();
    private readonly NotifyEngine _notify;
    private readonly MetricsSource _metrics;
    private OtlpExporter? _otlp;
    private readonly PipelineDoor _door;
    private Task _upkeep = Task.CompletedTask;
    private bool _disposed;

    internal RunningServer(ServeOptions options, Installation installation, IControlPlane plane)
    {
        (_options, _installation, _plane) = (options, installation, plane);
        _app = ControlPlaneServer.Build(options, ControlPlaneServer.ListenOn(options));
        var sessions = new Sessions(options.Time, new(installation.State.SessionsPath, options.Log));
        var gate = new AccessGate(installation.Tokens, sessions, new(options.Time), ControlPlaneServer.HostsOf(options));
        _reports = new(installation.Dora, plane.RecordAsync);
        _notify = new(installation.Store, installation.Feed, new(_outbound, options.Time, $"/signalbox/{installation.Key.Id}", Environment.GetEnvironmentVariable), new(Path.Combine(installation.State.Root, "notify")), options.Time, options.Log);
        _metrics = new(options.Version, plane, installation.Feed, installation.Dora, options.Time, _notify.Families);
        _door = new(options, installation.Tokens);
        _parts = new(options, plane, installation.Feed, installation.Store, installation.Key, installation.Tokens, _door, installation.Desk, installation.Dora, _reports, _metrics, _notify, sessions, gate, () => _stopped.TrySetResult(), _stopping.Token);
        Endpoints = EndpointTable.Of(_parts);
        ControlPlaneServer.Map(_app, options, gate, Endpoints);
    }

    /// <summary><c>http://127.0.0.1:PORT</c>.</summary>
    public string Address => _parts.Address;

    /// <summary>Completes when somebody asked for a shutdown over the API.</summary>
    public Task Stopped => _stopped.Task;

    internal IReadOnlyList<ApiEndpoint> Endpoints { get; }

    internal Dora.DoraBook Dora => _installation.Dora;

    internal IEnumerable<Microsoft.AspNetCore.Http.Endpoint> MappedRoutes =>
        ((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints);

    internal async Task StartAsync(CancellationToken cancel)
    {
        try
        {
            await _app.StartAsync(cancel).ConfigureAwait(false);
            _parts.Address = ControlPlaneServer.Reachable(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
            if (_options.Listen is { } listen && !IPAddress.IsLoopback(listen.Address))
                _options.Log($"warning: listening on {listen} without TLS: tokens, sessions and logs travel in clear; put a proxy that ends TLS, or a tunnel, before it");
            _installation.Announce(Address);
            if (_options.Listen is null) ListenPort.Remember(_installation.State, new Uri(Address).Port);
            _notify.Start();
            if (_options.Otlp is { } otlp) _otlp = new(otlp, _outbound, _installation.Store, _installation.Feed, _metrics, _options);
            _upkeep = UpkeepAsync();
        }
        catch
        {
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _app.StopAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _app.DisposeAsync().ConfigureAwait(false);
        await _upkeep.ConfigureAwait(false);
        await _notify.DisposeAsync().ConfigureAwait(false);
        if (_otlp is { } otlp) await otlp.DisposeAsync().ConfigureAwait(false);
        await _metrics.DisposeAsync().ConfigureAwait(false);
        _outbound.Dispose();
        if (_plane is IAsyncDisposable later) await later.DisposeAsync().ConfigureAwait(false);
        else (_plane as IDisposable)?.Dispose();
        TryCheckpoint();
        _reports.Dispose();
        _installation.Dispose();
        _door.Dispose();
        _stopping.Dispose();
        _stopped.TrySetResult();
    }

    private async Task UpkeepAsync()
    {
        using var timer = new PeriodicTimer(_options.CheckpointEvery, _options.Time);
        try
        {
            do
            {
                TryCheckpoint();
                await TryRenewAsync().ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // we stop
        }
    }

    private void TryCheckpoint()
    {
        try
        {
            _installation.Checkpoint();
        }
        catch (IOException e)
        {
            // a full disk stops no rollback: the next round signs
            _options.Log($"no checkpoint: {e.Message}");
        }
    }

    private async Task TryRenewAsync()
    {
        try
        {
            await _installation.RenewAdminTokenAsync(_plane.RecordAsync, _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _options.Log($"the state directory's token is not renewed: {e.Message}");
        }
    }
}
