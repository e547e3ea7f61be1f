using Signalbox.Ledger;

namespace Signalbox.Storage;

/// <summary>
/// Opens a ledger, appends, signs, reads and verifies, all in a directory of its own: shows that the SQLite that
/// was linked into the native file works. Behind the hidden verb <c>storage-trial DIRECTORY</c>.
/// </summary>
public static class StorageTrial
{
    /// <returns>The exit code: 0 when the ledger verified.</returns>
    public static int Run(string directory, TextWriter output)
    {
        var state = StateDirectory.Open(directory);
        using var key = state.LoadOrCreateKey();
        using var store = SqliteLedgerStore.Open(state.LedgerPath, TimeProvider.System);
        store.Append(store.Head, [new NewEntry("signalbox", "storage.tried/1", Principal.Engine, "{}"u8.ToArray())]);
        store.Add(key.Sign(store.Head, TimeProvider.System.GetUtcNow()));
        var verification = LedgerVerifier.Verify(store, store.Head, store.ReadCheckpoints(), key);
        output.WriteLine(verification.Problem is { } problem ? $"broken: {problem}" : $"verified {verification.Head}");
        return verification.IsOk ? 0 : 1;
    }
}
