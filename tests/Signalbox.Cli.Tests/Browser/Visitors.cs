namespace Signalbox.Cli.Tests.Browser;

/// <summary>A few clients that go on asking until they are stopped, whatever they get.</summary>
internal sealed class Visitors : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _asking;

    public Visitors(string address) => _asking = Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => AskAsync(new(address)))));

    private async Task AskAsync(Uri address)
    {
        using var http = new HttpClient();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var answer = await http.GetAsync(address, _stop.Token);
                await Task.Delay(20, _stop.Token);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // what fails is the rollout's matter
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _asking;
        _stop.Dispose();
    }
}
