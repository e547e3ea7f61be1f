using Signalbox.Analysis;

namespace Signalbox.Host.Tables;

/// <summary>The judge's side of a service: samples of every tick, and the age limit.</summary>
internal sealed partial class RoutedService
{
    private readonly ServiceJudging _judging;

    /// <summary>Judges what happened since the last tick.</summary>
    /// <param name="timestamp">Now, as a timestamp of the time provider.</param>
    /// <returns>The judge's report, or null where none runs.</returns>
    public JudgeReport? Tick(long timestamp)
    {
        // nobody's evidence, but it must not pile up
        _previewed?.Recorder.Drain();
        if (_judging.AgeLimit is { } limit) Slot.Connections.CountOverAge(timestamp, (long)(limit.TotalSeconds * _parts.Time.TimestampFrequency));
        return _judging.Tick(_parts.Steady.GetUtcNow(), _arms, Table.Stable);
    }

    public void Dispose() => _judging.Dispose();

    public byte[]? CopyHistory() => _judging.CopyHistory();

    /// <returns>Completes when all that was judged is written.</returns>
    public Task SaveJudgeAsync()
    {
        _judging.SaveHistory();
        return _judging.SaveAsync();
    }
}
