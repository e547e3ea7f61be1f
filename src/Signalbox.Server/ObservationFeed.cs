using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Server;

/// <summary>Hands each observation to whoever reads now; a slow reader loses the oldest, since each line is a whole state.</summary>
internal sealed class ObservationFeed
{
    private const int Kept = 64;

    private readonly ConcurrentDictionary<Channel<Observation>, bool> _readers = new();

    public void Publish(Observation observation)
    {
        foreach (var reader in _readers.Keys) reader.Writer.TryWrite(observation);
    }

    public async IAsyncEnumerable<Observation> ReadAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var channel = Channel.CreateBounded<Observation>(new BoundedChannelOptions(Kept) { FullMode = BoundedChannelFullMode.DropOldest });
        _readers[channel] = true;
        try
        {
            await foreach (var observation in channel.Reader.ReadAllAsync(cancel).ConfigureAwait(false)) yield return observation;
        }
        finally
        {
            _readers.TryRemove(channel, out _);
        }
    }
}
