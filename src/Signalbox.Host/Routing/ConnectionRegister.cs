namespace Signalbox.Host.Routing;

/// <summary>The client connections of one service, so that requests that grow old in flight can be found.</summary>
internal sealed class ConnectionRegister
{
    private readonly Lock _gate = new();
    private ClientConnection[] _items = new ClientConnection[8];
    private int _count;

    public void Add(ClientConnection connection)
    {
        lock (_gate)
        {
            if (_count == _items.Length) Array.Resize(ref _items, _count * 2);
            connection.Place = _count;
            _items[_count++] = connection;
        }
    }

    public void Remove(ClientConnection connection)
    {
        lock (_gate) RemoveLocked(connection);
    }

    /// <summary>Removes the connections that came in by a door.</summary>
    public IReadOnlyList<ClientConnection> TakeOf(Door door)
    {
        lock (_gate)
        {
            var taken = _items.Take(_count).Where(c => ReferenceEquals(c.Door, door)).ToArray();
            foreach (var connection in taken) RemoveLocked(connection);
            return taken;
        }
    }

    private void RemoveLocked(ClientConnection connection)
    {
        if (connection.Place < 0) return;
        var last = _items[--_count];
        _items[connection.Place] = last;
        last.Place = connection.Place;
        _items[_count] = null!;
        connection.Place = -1;
    }

    /// <summary>Counts requests older than the limit as bad, once each.</summary>
    /// <param name="now">A timestamp of <see cref="TimeProvider.GetTimestamp"/>.</param>
    /// <param name="limit">In the same units.</param>
    public void CountOverAge(long now, long limit)
    {
        lock (_gate)
            for (var i = 0; i < _count; i++) _items[i].CountIfOver(now, limit);
    }
}
