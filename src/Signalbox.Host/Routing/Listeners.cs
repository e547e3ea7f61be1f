using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Signalbox.Delivery;
using Signalbox.Host.Posix;

namespace Signalbox.Host.Routing;

/// <summary>
/// Every listen address of the host behind one Kestrel server: an address is opened or closed without touching
/// the others, and a thousand services cost a thousand sockets, not a thousand servers.
/// </summary>
internal sealed class Listeners : IConnectionListenerFactory, IConnectionListener
{
    private const int Backlog = 1024, RefusalsPerWarning = 1000;

    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>(new() { SingleReader = true });
    private readonly SocketConnectionContextFactory _contexts;
    private readonly Dictionary<ListenAddress, Door> _open = [];
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly int _most;
    private int _clients, _refused;

    /// <param name="most">Client connections at once; what comes beyond is closed, so that descriptors stay for supervision.</param>
    public Listeners(TimeProvider time, ILoggerFactory loggers, int most = int.MaxValue)
    {
        (_time, _most, _logger) = (time, most, loggers.CreateLogger("Signalbox.Host"));
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
        Door door;
        lock (_gate) _open.Add(address, door = new(Bind(address, slot), slot));
        _ = AcceptLoopAsync(door, ready);
    }

    /// <summary>Which service of this host has the address; null where none has.</summary>
    public Slot? OwnerOf(ListenAddress address)
    {
        lock (_gate) return _open.TryGetValue(address, out var open) ? open.Slot : null;
    }

    /// <summary>
    /// Another service has the address from now on, without a moment in which nobody listens; connections that came in
    /// there are its own too, from their next request on.
    /// </summary>
    public void Move(ListenAddress address, Slot slot)
    {
        lock (_gate)
            if (_open.TryGetValue(address, out var door)) door.GiveTo(slot);
    }

    /// <summary>No new connections; those that are open go on. Nothing where another service has the address by now.</summary>
    public void Close(ListenAddress address, Slot slot)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(address, out var door) || !ReferenceEquals(door.Slot, slot)) return;
            _open.Remove(address);
            door.Socket.Dispose();
        }
    }

    /// <summary>Why an address cannot be listened on, with who has it and what to do where that can be known. Slow: reads /proc.</summary>
    /// <param name="error">Null where <see cref="OwnerOf"/> has told.</param>
    public string Explain(ListenAddress address, SocketException? error)
    {
        if (OwnerOf(address) is { } owner) return $"cannot listen on {address}: {owner.Service} of {owner.Track} has it";
        if (error is not { SocketErrorCode: SocketError.AddressAlreadyInUse } || OverlapOf(address) is not { } overlap)
            return error is null ? $"cannot listen on {address}: another service had it" : PortHolder.Explain(address, error);
        return $"cannot listen on {address}: {overlap.Slot.Service} of {overlap.Slot.Track} listens on {overlap.Address}, which covers it; put a table without the one before the table with the other";
    }

    private (ListenAddress Address, Slot Slot)? OverlapOf(ListenAddress asked)
    {
        lock (_gate)
            foreach (var (address, door) in _open)
                if (address.Overlaps(asked)) return (address, door.Slot);
        return null;
    }

    /// <summary>
    /// A service that is opened to others, or no more, listens at both addresses until the new release took over. The kernel lets
    /// sockets of one user share a port where each says so (socket(7), SO_REUSEPORT), and gives a connection to the narrower one.
    /// </summary>
    private Socket Bind(ListenAddress address, Slot slot)
    {
        List<Socket> own = [.. _open.Where(open => open.Key.Overlaps(address) && ReferenceEquals(open.Value.Slot, slot)).Select(open => open.Value.Socket)];
        foreach (var socket in own) Share(socket);
        return Bind(address, shared: own.Count > 0);
    }

    private static void Share(Socket socket)
    {
        const int solSocket = 1, soReusePort = 15;
        socket.SetRawSocketOption(solSocket, soReusePort, BitConverter.GetBytes(1));
    }

    private static Socket Bind(ListenAddress address, bool shared)
    {
        var endpoint = new IPEndPoint(IPAddress.Parse(address.Address), address.Port);
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endpoint.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = endpoint.Address.Equals(IPAddress.IPv6Any);
            if (shared) Share(socket);
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

    private async Task AcceptLoopAsync(Door door, Task? ready)
    {
        if (ready is not null) await ready;
        while (true)
        {
            try
            {
                Hand(await door.Socket.AcceptAsync(), door);
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

    private void Hand(Socket socket, Door door)
    {
        socket.NoDelay = true;
        if (Interlocked.Increment(ref _clients) > _most)
        {
            Refuse(socket);
            return;
        }
        var context = _contexts.Create(socket);
        var connection = new ClientConnection(door, (context.RemoteEndPoint as IPEndPoint)?.Address, _time);
        context.Features.Set(connection);
        door.Add(connection);
        context.ConnectionClosed.UnsafeRegister(static c => ((ClientConnection)c!).Leave(), connection);
        context.ConnectionClosed.UnsafeRegister(static l => Interlocked.Decrement(ref ((Listeners)l!)._clients), this);
        if (!_accepted.Writer.TryWrite(context)) context.Abort();
    }

    private void Refuse(Socket socket)
    {
        Interlocked.Decrement(ref _clients);
        socket.Dispose();
        if (Interlocked.Increment(ref _refused) % RefusalsPerWarning == 1)
            _logger.LogWarning(
                "{Most} client connections are open, as many as the limit of {Descriptors} descriptors allows; what comes beyond is closed. Raise the hard limit: ulimit -Hn, or LimitNOFILE= of the unit",
                _most, DescriptorLimit.Soft);
    }

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
