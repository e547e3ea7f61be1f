using Signalbox.Api;
using Signalbox.Dora;
using Signalbox.Ledger;

namespace Signalbox.Server;

/// <summary>Takes reports of other pipelines into the ledger, each (source, id) once, whoever sends it how often.</summary>
internal sealed class ReportDesk(DoraBook book, Func<IReadOnlyList<NewEntry>, CancellationToken, Task<IReadOnlyList<LedgerEntry>>> record) : IDisposable
{
    // between the look and the append nobody else may take the same report
    private readonly SemaphoreSlim _one = new(1, 1);

    public async Task<ReportTaken> TakeAsync(ReportedEvent reported, Principal principal, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (book.ReportKnown(reported.Source, reported.Id) is { } known) return new(false, known, "this source has sent this id before; nothing changed");
            var entry = (await record([ReportedEvents.ToEntry(reported, principal)], cancel).ConfigureAwait(false))[0];
            book.Apply(entry);
            return new(true, entry.Sequence, "recorded");
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();
}
