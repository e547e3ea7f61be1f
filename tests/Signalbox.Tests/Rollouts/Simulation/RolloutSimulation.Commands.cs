using Signalbox.Delivery;
using Signalbox.Ledger;
using Signalbox.Rollouts;

namespace Signalbox.Tests.Rollouts.Simulation;

/// <summary>What people do.</summary>
internal sealed partial class RolloutSimulation
{
    private void Submit(TrackKey track, bool good) => Guarded(() =>
    {
        var strategy = DrawStrategy(track);
        var data = strategy.Kind == StrategyKind.Recreate && Chance(0.5) ? DataMode.Exclusive : DataMode.Shared;
        var services = DrawServices(track).Select(service => service with { Data = data }).ToArray();
        var configuration = Plans.Environment(strategy, DrawHook(), DrawHook(), services) with { Name = track.Environment };
        var release = Engine.CreateReleaseAsync(track.Application, null, Plans.Artifacts(Engine.Releases.Count, configuration), [configuration], new("alice"), default).GetAwaiter().GetResult();
        if (good) _behaviours[release.Id] = Behaviour.Good;
        Tell($"submit {release.Id} to {track}: {BehaviourOf(release.Id)} {configuration.Strategy.Kind}");
        Engine.SubmitAsync(track, release.Id, new("alice"), null, default).GetAwaiter().GetResult();
    });

    private Strategy DrawStrategy(TrackKey track) => DrawKind() switch
    {
        StrategyKind.Rolling => Drawn(StrategyKind.Rolling) with { Rolling = DrawPace() },
        StrategyKind.BlueGreen => Drawn(StrategyKind.BlueGreen) with { BlueGreen = DrawSwitch(track) },
        var kind => Drawn(kind),
    };

    private StrategyKind DrawKind() => _random.NextDouble() switch
    {
        < 0.12 => StrategyKind.Recreate,
        < 0.37 => StrategyKind.Rolling,
        < 0.57 => StrategyKind.BlueGreen,
        _ => StrategyKind.Canary,
    };

    private Strategy Drawn(StrategyKind kind) => Plans.Canary with
    {
        Kind = kind,
        Steps = [.. new[] { 1, 10, 25, 50 }.Take(_random.Next(1, 5)).Select(percent => new CanaryStep(Weight.Percent(percent), TimeSpan.FromSeconds(_random.Next(1, 10)), Chance(0.1)))],
        Analysis = Plans.Analysis with
        {
            Enabled = Chance(0.85),
            OnUndecided = (OnUndecided)_random.Next(3),
            MaxStepTime = TimeSpan.FromSeconds(30),
            AdvancesOnTime = kind == StrategyKind.Rolling && Chance(0.6),
        },
        Bake = TimeSpan.FromSeconds(_random.Next(0, 15)),
        KeepWarm = kind == StrategyKind.Rolling ? TimeSpan.Zero : TimeSpan.FromSeconds(_random.Next(15, 40)),
        ProgressDeadline = TimeSpan.FromSeconds(20),
    };

    private RollingPace DrawPace() => new(
        Chance(0.6) ? _random.Next(1, 4) : null, Weight.Percent(_random.Next(1, 5) * 20), _random.Next(1, 3), TimeSpan.FromSeconds(Chance(0.5) ? 0 : _random.Next(1, 6)), Chance(0.08));

    private BlueGreenSwitch DrawSwitch(TrackKey track) => new(
        Chance(0.6) ? new Dictionary<string, ListenAddress> { ["web"] = new("127.0.0.1", Port(track) + 5) } : [],
        Chance(0.4) ? new(["check"], TimeSpan.FromSeconds(10), true) : null,
        TimeSpan.FromSeconds(Chance(0.3) ? 0 : _random.Next(1, 10)), Chance(0.15));

    private Hook? DrawHook() => Chance(0.15) ? new(["true"], TimeSpan.FromSeconds(10), Chance(0.6)) : null;

    /// <summary>Services of a track have their own ports, but for a few that take another's.</summary>
    private ServiceConfiguration[] DrawServices(TrackKey track)
    {
        var port = Port(track) + (Chance(0.15) ? 3 : 0);
        var services = new List<ServiceConfiguration> { Plans.Web(Chance(0.1) ? "edge" : "web", _random.Next(1, 6), port) };
        if (Chance(0.2)) services.Add(Plans.Web("api", _random.Next(1, 4), port + 1));
        if (Chance(0.2)) services.Add(OfAnyKind(Worker(_random.Next(1, 4)), Port(track) + 7));
        if (Chance(0.15)) services.Add(OfAnyKind(Cron("nightly"), Port(track) + 6));
        if (Chance(0.03)) services.RemoveAt(0);
        return services.Count == 0 ? [Worker(1)] : [.. services.OrderBy(service => service.Name, StringComparer.Ordinal)];
    }

    private int Port(TrackKey track) => Chance(0.03) ? 8000 : 8000 + (10 * Array.IndexOf(s_tracks, track));

    /// <summary>A name that was a worker's may be a cron's or a web service's in the next release, and the other way round.</summary>
    private ServiceConfiguration OfAnyKind(ServiceConfiguration service, int port) => _random.NextDouble() switch
    {
        < 0.1 => Plans.Web(service.Name, _random.Next(1, 4), port),
        < 0.2 => Worker(_random.Next(1, 4)) with { Name = service.Name },
        < 0.3 => Cron(service.Name),
        _ => service,
    };

    private ServiceConfiguration Cron(string name) => Worker(1) with { Name = name, Kind = ServiceKind.Cron, Schedule = new($"0 {_random.Next(3)} * * *") };

    private static ServiceConfiguration Worker(int instances) => Plans.Web("worker", instances) with { Kind = ServiceKind.Worker, Listen = null };

    private Task<CommandResult> Press(TrackKey track, string who)
    {
        var principal = new Principal(who);
        var id = _replica.Of(track).Rollout?.Id ?? $"{track.Application}-{track.Environment}-1";
        var command = _random.Next(6);
        Tell($"{who} presses {command} on {id}");
        return command switch
        {
            0 => Engine.CommandAsync(id, new Signal.Advance(principal, null), default),
            1 => Engine.CommandAsync(id, new Signal.Pause(principal, null), default),
            2 => Engine.CommandAsync(id, new Signal.Resume(principal, null), default),
            3 => Engine.CommandAsync(id, new Signal.Abort(principal, null), default),
            4 => Engine.RollbackAsync(track, null, principal, null, default),
            _ => SubmitOr(track, $"{track.Application}-{_random.Next(1, 5)}", id, principal),
        };
    }

    private Task<CommandResult> SubmitOr(TrackKey track, string release, string id, Principal principal)
    {
        if (Ordered && _submitted) return Engine.CommandAsync(id, new Signal.Resume(principal, null), default);
        _submitted = true;
        return Engine.SubmitAsync(track, release, principal, null, default);
    }

    /// <summary>Several people at one instant: the host's answer to the first is not there yet when the others press.</summary>
    private void PressTogether(TrackKey track)
    {
        Happened(track.ToString(), Fault.Commands);
        Guarded(() =>
        {
            _host.Hold();
            List<Task> pressed = [.. new[] { "bob", "carol", "dave", "erin" }.Select(who => Press(track, who)), Engine.StepAsync(default)];
            _host.LetGo();
            _submitted = false;
            var all = Task.WhenAll(pressed);
            ((IAsyncResult)all).AsyncWaitHandle.WaitOne();
            // what broke is told before what crashed
            if (all.Exception?.InnerExceptions.OfType<InvariantBroken>().FirstOrDefault() is { } broken) throw broken;
            all.GetAwaiter().GetResult();
        });
    }
}
