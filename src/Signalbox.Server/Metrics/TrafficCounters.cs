using Signalbox.Api;

namespace Signalbox.Server.Metrics;

/// <summary>
/// Requests by what a release is to its users (stable, canary, warm). The host counts by release, and a canary becomes
/// stable: its growth is added to the role it had when it grew, so that no series ever falls but at a restart.
/// </summary>
internal sealed class TrafficCounters
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Track, string Service, string Revision), (long Requests, long Bad)> _seen = [];
    private readonly Dictionary<(string Application, string Environment, string Service, string Role), (long Requests, long Bad)> _sums = [];

    public IReadOnlyList<(string Application, string Environment, string Service, string Role, long Requests, long Bad)> Sums
    {
        get
        {
            lock (_gate) return [.. _sums.OrderBy(sum => sum.Key.ToString(), StringComparer.Ordinal).Select(sum => (sum.Key.Application, sum.Key.Environment, sum.Key.Service, sum.Key.Role, sum.Value.Requests, sum.Value.Bad))];
        }
    }

    public void Observe(StatusView status)
    {
        lock (_gate)
        {
            var present = new HashSet<(string, string, string)>();
            foreach (var track in status.Tracks)
                foreach (var service in track.Services)
                    foreach (var arm in service.Arms)
                    {
                        present.Add((track.Track, service.Service, arm.Revision));
                        Grow(track, service.Service, arm);
                    }
            // while the host cannot be asked nothing is present, and nothing is forgotten
            if (!status.HostConnected) return;
            foreach (var gone in _seen.Keys.Where(key => !present.Contains(key)).ToList()) _seen.Remove(gone);
        }
    }

    private void Grow(TrackView track, string service, ArmView arm)
    {
        var key = (track.Track, service, arm.Revision);
        var before = _seen.GetValueOrDefault(key);
        // less than before: the host began to count anew
        if (arm.Requests < before.Requests || arm.Bad < before.Bad) before = default;
        _seen[key] = (arm.Requests, arm.Bad);
        var sum = (track.Application, track.Environment, service, arm.Role);
        var (requests, bad) = _sums.GetValueOrDefault(sum);
        _sums[sum] = (requests + arm.Requests - before.Requests, bad + arm.Bad - before.Bad);
    }
}
