using System.Net.Sockets;
using Signalbox.Delivery;
using Signalbox.Host.Routing;

namespace Signalbox.Host.Tables;

/// <summary>An address that a table asks for, and whether the slot behind it has it. Under the track's lock.</summary>
internal sealed class ServiceAddress(Slot slot, Listeners listeners)
{
    private ListenAddress? _open;

    /// <summary>By the table in force.</summary>
    public ListenAddress? Asked { get; set; }

    public Slot Slot => slot;

    /// <summary>Why it cannot be listened on, or null.</summary>
    public string? Error { get; private set; }

    /// <summary>The put has opened the new address by now, or another service of the track gives it away.</summary>
    public void Take()
    {
        if (Asked is { } address && !Equals(address, _open)) listeners.Move(address, slot);
    }

    /// <summary>Closes what is no longer this slot's, after <see cref="Take"/> of all that the table asks for.</summary>
    /// <returns>Whether it has an address that it had not before.</returns>
    public bool Settle()
    {
        if (Equals(Asked, _open)) return false;
        Close();
        Error = null;
        if (Asked is not { } address || !ReferenceEquals(listeners.OwnerOf(address), slot)) return false;
        _open = address;
        return true;
    }

    public void Close()
    {
        if (_open is { } open) listeners.Close(open, slot);
        _open = null;
    }

    /// <summary>
    /// After a restart of the host: binds at once, so that clients wait in the kernel's queue until the first
    /// instance is known to be ready. An address that another process holds is tried again and told.
    /// </summary>
    /// <param name="ready">Until it completes, connections wait instead of being answered 503.</param>
    /// <param name="changed">Set where what is told of it changed.</param>
    /// <returns>Why it cannot; null where it does or need not.</returns>
    public ListenFailure? Retry(Task? ready, ref bool changed)
    {
        if (Asked is not { } address || Equals(address, _open)) return null;
        try
        {
            listeners.Open(address, slot, ready);
            changed |= Error is not null;
            (_open, Error) = (address, null);
            return null;
        }
        catch (SocketException e)
        {
            return new(address, e);
        }
    }

    /// <returns>Whether that is news.</returns>
    public bool CannotListen(ListenAddress address, string why)
    {
        if (!Equals(Asked, address) || Equals(_open, address) || Error == why) return false;
        Error = why;
        return true;
    }
}
