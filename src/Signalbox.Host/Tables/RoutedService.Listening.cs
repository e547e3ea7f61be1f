using Signalbox.Delivery;
using Signalbox.Host.Routing;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Tables;

/// <summary>The addresses of a service: its own, the one that it is about to have, and where one revision is looked at.</summary>
internal sealed partial class RoutedService
{
    private readonly TaskCompletionSource _answerable = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ServiceAddress _address;
    private ServiceAddress _nextAddress;
    private readonly ServiceAddress _previewAddress;
    private Arm? _previewed;

    /// <summary>The addresses that a table asks for, each with the slot behind it.</summary>
    public IEnumerable<(ListenAddress Address, Slot Slot)> AddressesOf(ServiceTable table)
    {
        if (table.Listen is { } listen) yield return (listen, Slot);
        if (table.NextListen is { } next) yield return (next, Slot);
        if (table.Preview is { } preview) yield return (preview.Listen, _previewAddress.Slot);
    }

    /// <summary>From now on requests are answered, with 503 if need be.</summary>
    public void Answer() => _answerable.TrySetResult();

    public void TakeAddresses()
    {
        _address.Take();
        _nextAddress.Take();
        _previewAddress.Take();
    }

    private void AskFor(ServiceTable table)
    {
        // what was the next one becomes its own, or the other way round, without being closed
        if (IsOf(_nextAddress, table.Listen) || IsOf(_address, table.NextListen)) (_address, _nextAddress) = (_nextAddress, _address);
        (_address.Asked, _nextAddress.Asked) = (table.Listen, table.NextListen);
        _previewAddress.Asked = table.Preview?.Listen;
        if (_previewed?.Revision != table.Preview?.Revision) _previewed = table.Preview is { } preview ? new(preview.Revision) : null;
    }

    private static bool IsOf(ServiceAddress address, ListenAddress? listen) => listen is not null && Equals(address.Asked, listen);

    private void SettleAddresses()
    {
        if (_address.Settle() | _nextAddress.Settle()) Answer();
        _previewAddress.Settle();
    }

    private void CloseAddresses()
    {
        _address.Close();
        _nextAddress.Close();
        _previewAddress.Close();
    }

    /// <summary>Listens where it does not yet; see <see cref="ServiceAddress.Retry"/>.</summary>
    public IEnumerable<(ServiceAddress Address, ListenFailure Failure)> RetryListen(ref bool changed)
    {
        var failures = new List<(ServiceAddress, ListenFailure)>();
        if (_address.Retry(_answerable.Task, ref changed) is { } failure) failures.Add((_address, failure));
        if (_nextAddress.Retry(_answerable.Task, ref changed) is { } next) failures.Add((_nextAddress, next));
        if (_previewAddress.Retry(null, ref changed) is { } preview) failures.Add((_previewAddress, preview));
        return failures;
    }

    /// <summary>
    /// Where one revision alone is seen, whatever its weight. Its instances are those of the arm, so that they are drained with
    /// it, but what is counted there is nobody's evidence.
    /// </summary>
    private Route PreviewRoute() =>
        _previewed is { } seen && _arms.FirstOrDefault(arm => arm.Revision == seen.Revision)?.ReadyBackends() is { Length: > 0 } ready
            ? new([new(seen, Weight.Full, ready)], null, [])
            : Route.Empty;
}
