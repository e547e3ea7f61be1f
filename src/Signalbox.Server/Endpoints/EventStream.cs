using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Features;
using Signalbox.Api;
using Signalbox.Runtimes.Protocol;
using Signalbox.Server.Http;

namespace Signalbox.Server.Endpoints;

/// <summary>
/// One reader of the event stream (WHATWG HTML, "Server-sent events"). Ledger events are never left out, however
/// slow the reader; observations are, because each tells the whole state anew. It ends with the reader's token.
/// </summary>
internal sealed class EventStream(ServerParts parts, ApiRequest request)
{
    private readonly Channel<string> _out = Channel.CreateBounded<string>(128);

    /// <summary>The newest of each track that found the queue full: it goes out as soon as there is room, or a track that is quiet then would stay as it was.</summary>
    private readonly Dictionary<string, string> _late = new(StringComparer.Ordinal);
    private readonly Lock _order = new();

    public async Task RunAsync()
    {
        var after = Start();
        request.Http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        request.Http.Response.ContentType = "text/event-stream";
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(request.Cancel, parts.Stopping);
        Task[] sources = [LedgerAsync(after, ends.Token), ObservationsAsync(ends.Token)];
        try
        {
            await WriteAsync($"retry: 1000\n: ledger from {after.ToString(CultureInfo.InvariantCulture)}\n\n", ends.Token).ConfigureAwait(false);
            while (await NextAsync(ends.Token).ConfigureAwait(false) is var next && parts.Gate.StillAdmits(request.Caller))
                await WriteAsync(next, ends.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ChannelClosedException)
        {
            // the reader went away, we stop, or a source failed: the reader comes back with its last id
        }
        finally
        {
            await ends.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(sources).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private long Start()
    {
        if (request.Http.Request.Headers["Last-Event-ID"] is [{ Length: > 0 } id]) return ApiRequest.ParseSequence("Last-Event-ID", id);
        return request.Query("after") is null ? parts.Ledger.Head.Sequence : request.Sequence("after");
    }

    private async Task<string> NextAsync(CancellationToken cancel)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        silence.CancelAfter(parts.Options.Heartbeat);
        try
        {
            var next = await _out.Reader.ReadAsync(silence.Token).ConfigureAwait(false);
            // the reader has made room
            lock (_order)
                foreach (var (track, late) in _late.ToList())
                    if (_out.Writer.TryWrite(late)) _late.Remove(track);
            return next;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return "event: alive\ndata:\n\n";
        }
    }

    private async Task WriteAsync(string text, CancellationToken cancel)
    {
        await request.Http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancel).ConfigureAwait(false);
        await request.Http.Response.Body.FlushAsync(cancel).ConfigureAwait(false);
    }

    private async Task LedgerAsync(long after, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                await parts.Ledger.WaitAsync(after, cancel).ConfigureAwait(false);
                foreach (var entry in parts.Ledger.Read(after, 100))
                {
                    var data = JsonSerializer.Serialize(LedgerEntryView.Of(entry), ApiRequest.Json.LedgerEntryView);
                    await _out.Writer.WriteAsync(Event("ledger", data, entry.Sequence), cancel).ConfigureAwait(false);
                    after = entry.Sequence;
                }
            }
        }
        catch (Exception e)
        {
            _out.Writer.TryComplete(e);
        }
    }

    private async Task ObservationsAsync(CancellationToken cancel)
    {
        try
        {
            await foreach (var observation in parts.ControlPlane.ObservationsAsync(cancel).ConfigureAwait(false))
            {
                var told = Event("observation", JsonSerializer.Serialize(request.MaySeeLogs ? observation : LogTails.Withheld(observation), ProtocolJson.Default.Observation), null);
                lock (_order)
                {
                    _late.Remove(observation.Track.Track);
                    if (!_out.Writer.TryWrite(told)) _late[observation.Track.Track] = told;
                }
            }
        }
        catch (Exception e)
        {
            _out.Writer.TryComplete(e);
        }
    }

    private static string Event(string name, string data, long? id)
    {
        var text = new StringBuilder();
        if (id is { } sequence) text.Append(CultureInfo.InvariantCulture, $"id: {sequence}\n");
        text.Append(CultureInfo.InvariantCulture, $"event: {name}\n");
        foreach (var line in data.Split('\n')) text.Append("data: ").Append(line).Append('\n');
        return text.Append('\n').ToString();
    }
}
