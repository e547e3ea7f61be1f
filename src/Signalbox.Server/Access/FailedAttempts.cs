using System.Net;

namespace Signalbox.Server.Access;

/// <summary>
/// Slows guessing: past a number of wrong tokens a minute an address gets 429. A right token is never refused,
/// or whoever guesses on this machine could lock its owner out.
/// </summary>
internal sealed class FailedAttempts(TimeProvider time)
{
    public const int PerMinute = 20;
    private const int MostAddresses = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, (long Minute, int Count)> _failures = [];

    /// <summary>Counts a failure.</summary>
    /// <returns>True where this address has failed too often in this minute.</returns>
    public bool Exceeded(IPAddress? address)
    {
        var minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        lock (_gate)
        {
            if (_failures.Count >= MostAddresses) _failures.Clear();
            var key = address ?? IPAddress.None;
            var count = _failures.TryGetValue(key, out var failed) && failed.Minute == minute ? failed.Count + 1 : 1;
            _failures[key] = (minute, count);
            return count > PerMinute;
        }
    }
}
