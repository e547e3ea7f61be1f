using Signalbox.Ledger;

namespace Signalbox.Tests.Ledger;

public sealed class MemoryLedgerStoreTests : LedgerStoreConformance
{
    protected override ILedgerStore NewStore() => new MemoryLedgerStore(TimeProvider.System);
}
