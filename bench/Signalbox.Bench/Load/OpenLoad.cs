using System.Diagnostics;
using System.Threading.Channels;

namespace Signalbox.Bench.Load;

/// <summary>
/// Requests at a fixed rate, whatever the answers do: a request that finds its connection busy waits there, and
/// its wait counts, so that a slow server cannot slow down its own measurement.
/// </summary>
internal sealed class OpenLoad(int port, int connections, double rate)
{
    private readonly Channel<long>[] _due = [.. Enumerable.Range(0, connections).Select(_ => Channel.CreateUnbounded<long>(new() { SingleReader = true, SingleWriter = true }))];

    /// <returns>The records; Sent is when the request was due.</returns>
    public async Task<IReadOnlyList<RecordLog>> RunAsync(RequestText request, TimeSpan time)
    {
        var logs = _due.Select(due => (Log: new RecordLog(), Due: due)).ToArray();
        var clients = logs.Select(client => Task.Run(() => SendAsync(client.Log, client.Due.Reader, request))).ToArray();
        var pacer = new Thread(() => Pace((int)(time.TotalSeconds * rate)));
        pacer.Start();
        await Task.WhenAll(clients);
        pacer.Join();
        return [.. logs.Select(l => l.Log)];
    }

    /// <summary>Wakes about every millisecond and lets go what is due; the wake-up's own delay is nobody's latency.</summary>
    private void Pace(int count)
    {
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            while (Stopwatch.GetElapsedTime(begun).TotalSeconds < i / rate) Thread.Sleep(1);
            _due[i % connections].Writer.TryWrite(Stopwatch.GetTimestamp());
        }
        foreach (var due in _due) due.Writer.Complete();
    }

    private async Task SendAsync(RecordLog log, ChannelReader<long> due, RequestText request)
    {
        using var connection = new HttpClientConnection(port);
        await foreach (var at in due.ReadAllAsync())
            log.Add(await connection.SendAsync(request) with { Sent = at });
    }
}
