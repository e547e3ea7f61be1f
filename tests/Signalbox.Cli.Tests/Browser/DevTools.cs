using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace Signalbox.Cli.Tests.Browser;

/// <summary>The Chrome DevTools Protocol over its WebSocket: answers by id, events by session.</summary>
internal sealed class DevTools : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonObject>> _waiting = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _ends = new();
    private Task _reading = Task.CompletedTask;
    private int _last;

    /// <summary>Session, method, parameters.</summary>
    public event Action<string, string, JsonObject>? Happened;

    public static async Task<DevTools> ConnectAsync(string address)
    {
        var tools = new DevTools();
        using var limit = new CancellationTokenSource(Patience);
        await tools._socket.ConnectAsync(new(address), limit.Token);
        tools._reading = tools.ReadAsync();
        return tools;
    }

    public async Task<JsonObject> SendAsync(string? session, string method, JsonObject parameters)
    {
        var id = Interlocked.Increment(ref _last);
        var answer = _waiting[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (session is not null) message["sessionId"] = session;
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, _ends.Token);
        }
        finally
        {
            _sending.Release();
        }
        return await answer.Task.WaitAsync(Patience);
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[1 << 16];
        using var message = new MemoryStream();
        try
        {
            while (await _socket.ReceiveAsync(buffer, _ends.Token) is { MessageType: not WebSocketMessageType.Close } part)
            {
                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage) continue;
                Take(JsonNode.Parse(message.GetBuffer().AsSpan(0, (int)message.Length))!.AsObject());
                message.SetLength(0);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            foreach (var waiting in _waiting.Values) waiting.TrySetException(new IOException("the browser went away"));
        }
    }

    private void Take(JsonObject message)
    {
        if (message["id"] is { } id)
        {
            if (!_waiting.TryRemove((int)id, out var waiting)) return;
            if (message["error"] is { } error) waiting.TrySetException(new InvalidOperationException($"the browser refused: {error.ToJsonString()}"));
            else waiting.TrySetResult(message["result"]!.AsObject());
            return;
        }
        Happened?.Invoke((string?)message["sessionId"] ?? "", (string)message["method"]!, message["params"]!.AsObject());
    }

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        _ends.Dispose();
        _sending.Dispose();
    }
}
