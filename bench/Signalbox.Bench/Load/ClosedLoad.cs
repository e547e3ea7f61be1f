namespace Signalbox.Bench.Load;

/// <summary>
/// Clients that each send a request, wait for its answer, think, and send the next. They can be told to rest all
/// together, so that connections behind the proxy grow idle.
/// </summary>
internal sealed class ClosedLoad
{
    private readonly List<RecordLog> _logs = [];
    private readonly List<Task> _loops = [];
    private readonly int _port;
    private volatile bool _stopping;
    private volatile TaskCompletionSource? _rest;
    private long _answered;

    public ClosedLoad(int port) => _port = port;

    /// <summary>Requests that have ended so far.</summary>
    public long Ended => Interlocked.Read(ref _answered);

    public IEnumerable<RecordLog> Logs => _logs;

    /// <param name="requests">A client sends them in turn.</param>
    /// <param name="think">Mean of the exponential time between an answer and the next request.</param>
    public void Add(int clients, TimeSpan think, params RequestText[] requests)
    {
        for (var i = 0; i < clients; i++)
        {
            var log = new RecordLog();
            _logs.Add(log);
            var random = new Random(_logs.Count);
            _loops.Add(Task.Run(() => RunAsync(log, random, think, requests)));
        }
    }

    /// <summary>No request begins until <see cref="Resume"/>; those under way end.</summary>
    public void Rest() => _rest ??= new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>All clients come back at once.</summary>
    public void Resume()
    {
        var rest = _rest;
        _rest = null;
        rest?.SetResult();
    }

    public async Task StopAsync()
    {
        _stopping = true;
        Resume();
        await Task.WhenAll(_loops);
    }

    private async Task RunAsync(RecordLog log, Random random, TimeSpan think, RequestText[] requests)
    {
        using var connection = new HttpClientConnection(_port);
        for (var i = random.Next(requests.Length); !_stopping; i++)
        {
            if (_rest is { } rest) await rest.Task;
            if (think > TimeSpan.Zero) await Task.Delay(think * -Math.Log(1 - random.NextDouble()));
            log.Add(await connection.SendAsync(requests[i % requests.Length]));
            Interlocked.Increment(ref _answered);
        }
    }
}
