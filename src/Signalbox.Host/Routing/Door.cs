using System.Net.Sockets;
using Signalbox.Delivery;

namespace Signalbox.Host.Routing;

/// <summary>An open address, and the service behind it. Its connections belong to whoever has the address.</summary>
internal sealed class Door(Socket socket, Slot slot)
{
    private readonly Lock _gate = new();
    private Slot _slot = slot;

    public Socket Socket { get; } = socket;

    public Slot Slot => Volatile.Read(ref _slot);

    public void Add(ClientConnection connection)
    {
        lock (_gate) _slot.Connections.Add(connection);
    }

    public void Remove(ClientConnection connection)
    {
        lock (_gate) _slot.Connections.Remove(connection);
    }

    public void GiveTo(Slot slot)
    {
        lock (_gate)
        {
            if (ReferenceEquals(slot, _slot)) return;
            foreach (var connection in _slot.Connections.TakeOf(this)) slot.Connections.Add(connection);
            Volatile.Write(ref _slot, slot);
        }
    }
}

/// <param name="Error">Null where another service of this host has the address.</param>
internal sealed record ListenFailure(ListenAddress Address, SocketException? Error);
