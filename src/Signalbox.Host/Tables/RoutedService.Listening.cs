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

    /// <summary>The put has opened the new address by now; the old one closes.</summary>
    private void TakeListener(ListenAddress? address)
    {
        if (Equals(address, _open)) return;
        CloseListener();
        if (address is null || !ReferenceEquals(_parts.Listeners.OwnerOf(address), Slot)) return;
        (_open, _listenError) = (address, null);
        Answer();
    }

    private void CloseListener()
    {
        if (_open is { } open) _parts.Listeners.Close(open);
        _open = null;
    }

    /// <summary>
    /// After a restart of the host: binds at once, so that clients wait in the kernel's queue until the first
    /// instance is known to be ready. An address that another process holds is tried again and told.
    /// </summary>
    /// <returns>Whether what is told of it changed.</returns>
    public bool RetryListen()
    {
        if (Table.Listen is not { } address || Equals(address, _open)) return false;
        var before = _listenError;
        try
        {
            _parts.Listeners.Open(address, Slot, _answerable.Task);
            (_open, _listenError) = (address, null);
        }
        catch (SocketException e)
        {
            _listenError = PortHolder.Explain(address, e);
        }
        return before != _listenError;
    }
}
