namespace Signalbox.Ledger;

/// <summary>Work that goes one after the other, as what it looks at and what it appends belong together.</summary>
public static class Turns
{
    /// <exception cref="OperationCanceledException">Before the turn came, or from the work.</exception>
    public static async Task<T> InTurnAsync<T>(this SemaphoreSlim turn, Func<Task<T>> work, CancellationToken cancel)
    {
        await turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }
}
