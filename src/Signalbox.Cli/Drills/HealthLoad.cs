using System.Net;

namespace Signalbox.Cli.Drills;

/// <summary>Asks an application for its health without a pause, and counts what was not answered well.</summary>
internal sealed class HealthLoad : IAsyncDisposable
{
    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(5);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { Timeout = TimeSpan.FromSeconds(5) };
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _asking;
    private long _sent, _failed;

    public HealthLoad(Uri? address) => _asking = address is null ? Task.CompletedTask : AskAsync(address);

    public (long Sent, long Failed) Count => (Interlocked.Read(ref _sent), Interlocked.Read(ref _failed));

    /// <summary>Whether it answers well now.</summary>
    public static async Task<bool> IsWellAsync(Uri address, CancellationToken cancel)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(2) };
        try
        {
            using var answer = await http.GetAsync(address, cancel).ConfigureAwait(false);
            return answer.StatusCode < HttpStatusCode.InternalServerError;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _asking.ConfigureAwait(false);
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task AskAsync(Uri address)
    {
        while (!_stop.IsCancellationRequested)
        {
            Interlocked.Increment(ref _sent);
            try
            {
                using var answer = await _http.GetAsync(address, CancellationToken.None).ConfigureAwait(false);
                if (answer.StatusCode >= HttpStatusCode.InternalServerError) Interlocked.Increment(ref _failed);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                Interlocked.Increment(ref _failed);
            }
            await Task.Delay(s_beat, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
