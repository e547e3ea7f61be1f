using Signalbox.Runtimes.Protocol;

namespace Signalbox.Server;

/// <summary>
/// Tells the lines that a reader had already from those that came since. Lines that were printed together share
/// their time, and instances print at once: so each instance's newest time is kept with how many lines it had.
/// A later reading may go further back than the first did; what is older than all of that was not asked for.
/// </summary>
internal sealed class SeenLines
{
    private readonly Dictionary<string, (DateTimeOffset At, int Count)> _seen = new(StringComparer.Ordinal);
    private DateTimeOffset? _from;

    /// <summary>The new ones of one reading, in its order; each instance's lines are oldest first.</summary>
    public async IAsyncEnumerable<InstanceLogLine> NewAsync(IAsyncEnumerable<InstanceLogLine> reading)
    {
        var now = new Dictionary<string, (DateTimeOffset At, int Count)>(StringComparer.Ordinal);
        var oldest = DateTimeOffset.MaxValue;
        await foreach (var line in reading.ConfigureAwait(false))
        {
            if (line.At < _from) continue;
            if (line.At < oldest) oldest = line.At;
            var newest = now.TryGetValue(line.Instance, out var known) && known.At == line.At ? (line.At, Count: known.Count + 1) : (line.At, Count: 1);
            now[line.Instance] = newest;
            if (_seen.TryGetValue(line.Instance, out var seen) && (line.At < seen.At || (line.At == seen.At && newest.Count <= seen.Count))) continue;
            _seen[line.Instance] = newest;
            yield return line;
        }
        _from ??= oldest == DateTimeOffset.MaxValue ? DateTimeOffset.MinValue : oldest;
    }
}
