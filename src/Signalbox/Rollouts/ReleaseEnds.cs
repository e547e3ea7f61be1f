using Signalbox.Api;
using Signalbox.Delivery;

namespace Signalbox.Rollouts;

/// <summary>What became last of each release on each track, and of going back from it: however many rollouts have ended since.</summary>
internal sealed class ReleaseEnds
{
    private readonly Lock _lock = new();

    /// <summary>By release, then by track and by whether the rollout took it out or left it.</summary>
    private readonly Dictionary<string, Dictionary<(string Track, bool Left), RolloutView>> _ends = new(StringComparer.Ordinal);

    public void Keep(RolloutView ended)
    {
        lock (_lock)
        {
            Of(ended.Release)[(ended.Track, false)] = ended;
            if (ended is { Kind: nameof(RolloutKind.Rollback), Phase: nameof(Phase.Succeeded), From: { } from }) Of(from)[(ended.Track, true)] = ended;
        }

        Dictionary<(string, bool), RolloutView> Of(string release) => _ends.TryGetValue(release, out var known) ? known : _ends[release] = [];
    }

    /// <summary>What ended last, of taking it out and of leaving it.</summary>
    public IReadOnlyList<RolloutView> Of(string release)
    {
        lock (_lock) return _ends.TryGetValue(release, out var known) ? [.. known.Values] : [];
    }

    /// <returns>The rollout that took it out here last; null where it never went out.</returns>
    public RolloutView? Out(TrackKey track, string release)
    {
        lock (_lock) return _ends.TryGetValue(release, out var known) ? known.GetValueOrDefault((track.ToString(), false)) : null;
    }
}
