using System.Net.Sockets;
using Signalbox.Delivery;
using Signalbox.Host.Routing;

namespace Signalbox.Host.Tables;

/// <summary>The address of a service.</summary>
internal sealed partial class RoutedService
{
    private readonly TaskCompletionSource _answerable = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ListenAddress? _open;
    private string? _listenError;

    /// <summary>From now on requests are answered, with 503 if need be.</summary>
    public void Answer() => _answerable.TrySetResult();

    /// <summary>The put has opened the new address by now, or another service of the track gives it away.</summary>
    public void TakeAddress()
    {
        if (Table.Listen is { } address && !Equals(address, _open)) _parts.Listeners.Move(address, Slot);
    }

    /// <summary>Closes what is no longer this service's, after <see cref="TakeAddress"/> of all services.</summary>
    private void LeaveAddress()
    {
        if (Equals(Table.Listen, _open)) return;
        CloseListener();
        if (Table.Listen is not { } address || !ReferenceEquals(_parts.Listeners.OwnerOf(address), Slot)) return;
        (_open, _listenError) = (address, null);
        Answer();
    }

    private void CloseListener()
    {
        if (_open is { } open) _parts.Listeners.Close(open, Slot);
        _open = null;
    }

    /// <summary>
    /// After a restart of the host: binds at once, so that clients wait in the kernel's queue until the first
    /// instance is known to be ready. An address that another process holds is tried again and told.
    /// </summary>
    /// <param name="changed">Set where what is told of it changed.</param>
    /// <returns>Why it cannot; null where it does or need not.</returns>
    public ListenFailure? RetryListen(ref bool changed)
    {
        if (Table.Listen is not { } address || Equals(address, _open)) return null;
        try
        {
            _parts.Listeners.Open(address, Slot, _answerable.Task);
            changed |= _listenError is not null;
            (_open, _listenError) = (address, null);
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
        if (!Equals(Table.Listen, address) || Equals(_open, address) || _listenError == why) return false;
        _listenError = why;
        return true;
    }
}
