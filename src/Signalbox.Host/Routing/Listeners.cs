using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Signalbox.Delivery;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Routing;

/// <summary>
/// Every listen address of the host behind one Kestrel server: an address is opened or closed without touching
/// the others, and a thousand services cost a thousand sockets, not a thousand servers.
/// </summary>
internal sealed class Listeners : IConnectionListenerFactory, IConnectionListener
{
    private const int Backlog = 1024;

    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>(new() { SingleReader = true });
    private readonly SocketConnectionContextFactory _contexts;
    private readonly Dictionary<ListenAddress, (Socket Socket, Slot Slot)> _open = [];
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;

    public Listeners(TimeProvider time, ILoggerFactory loggers)
    {
        _time = time;
        _contexts = new(new(), loggers.CreateLogger<Listeners>());
    }

    /// <summary>All addresses together have none of their own.</summary>
    public EndPoint EndPoint { get; } = new IPEndPoint(IPAddress.None, 0);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(this);

    /// <returns>The next connection; null when no more will come.</returns>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken))
            if (_accepted.Reader.TryRead(out var connection)) return connection;
        return null;
    }

    /// <summary>Takes requests for a service at an address.</summary>
    /// <param name="ready">Until it completes, connections wait in the kernel's queue instead of being answered 503.</param>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public void Open(ListenAddress address, Slot slot, Task? ready = null)
    {
        var socket = Bind(address);
        lock (_gate) _open.Add(address, (socket, slot));
        _ = AcceptLoopAsync(socket, slot, ready);
    }

    /// <summary>Which service of this host has the address; null where none has.</summary>
    public Slot? OwnerOf(ListenAddress address)
    {
        lock (_gate) return _open.TryGetValue(address, out var open) ? open.Slot : null;
    }

    /// <summary>No new connections; those that are open go on.</summary>
    public void Close(ListenAddress address)
    {
        lock (_gate)
            if (_open.Remove(address, out var open)) open.Socket.Dispose();
    }

    /// <summary>Whether the address could be listened on now: binds it and lets go.</summary>
    public CheckListenResult Check(ListenAddress address)
    {
        if (!IPAddress.TryParse(address.Address, out _)) return new($"'{address.Address}' is not an IP address");
        if (OwnerOf(address) is { } owner) return new($"{address} is taken by {owner.Service} of {owner.Track}", $"{owner.Service} of {owner.Track}");
        try
        {
            Bind(address).Dispose();
            return new(null);
        }
        catch (SocketException e)
        {
            return new(PortHolder.Explain(address, e));
        }
    }

    private static Socket Bind(ListenAddress address)
    {
        var endpoint = new IPEndPoint(IPAddress.Parse(address.Address), address.Port);
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endpoint.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = endpoint.Address.Equals(IPAddress.IPv6Any);
            socket.Bind(endpoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AcceptLoopAsync(Socket listener, Slot slot, Task? ready)
    {
        if (ready is not null) await ready;
        while (true)
        {
            try
            {
                Hand(await listener.AcceptAsync(), slot);
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.Interrupted or SocketError.InvalidArgument })
            {
                return;
            }
            catch (SocketException)
            {
                // out of file descriptors, or a client that was gone before it was accepted
                await Task.Delay(TimeSpan.FromMilliseconds(20), _time);
            }
        }
    }

    private void Hand(Socket socket, Slot slot)
    {
        socket.NoDelay = true;
        var context = _contexts.Create(socket);
        var connection = new ClientConnection(slot, (context.RemoteEndPoint as IPEndPoint)?.Address, _time);
        context.Features.Set(connection);
        slot.Connections.Add(connection);
        context.ConnectionClosed.UnsafeRegister(static c => Forget((ClientConnection)c!), connection);
        if (!_accepted.Writer.TryWrite(context)) context.Abort();
    }

    private static void Forget(ClientConnection connection) => connection.Slot.Connections.Remove(connection);

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            foreach (var open in _open.Values) open.Socket.Dispose();
            _open.Clear();
        }
        _accepted.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        _contexts.Dispose();
    }
}
