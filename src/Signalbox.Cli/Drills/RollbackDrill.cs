using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Runbooks;

namespace Signalbox.Cli.Drills;

/// <summary>Two releases go out one after the other; from the word to go back until the first has all traffic again.</summary>
internal sealed class RollbackDrill(DrillScene scene, TimeProvider time)
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(5), s_patience = TimeSpan.FromMinutes(2);

    public async Task<DrillEnded> RunAsync()
    {
        await Daemons.EnsureRunningAsync(scene.State, _ => { }, scene.Session.Cancel).ConfigureAwait(false);
        using var client = ControlPlaneClient.Connect(scene.State);
        var first = await DeployAsync(client).ConfigureAwait(false);
        await DeployAsync(client).ConfigureAwait(false);
        await using var load = new HealthLoad(scene.Health);
        var began = time.GetTimestamp();
        await client.RollbackAsync(scene.Application.Name, scene.Environment.Name, new(first, "drill"), scene.Session.Cancel).ConfigureAwait(false);
        var passed = await UntilAsync(client, first).ConfigureAwait(false);
        var (took, (sent, failed)) = (time.GetElapsedTime(began), load.Count);
        return new("rollback", scene.Application.Name, scene.Environment.Name, took, 0, TimeSpan.Zero, sent, failed, 2, passed);
    }

    private async Task<string> DeployAsync(ControlPlaneClient client)
    {
        var deployed = await scene.DeployAsync(client).ConfigureAwait(false);
        return deployed.ExitCode == ExitCode.Yes ? deployed.View.Release : throw new SignalboxException(ExitCode.No, Finding.Error(
            "drill-release-failed", $"{deployed.View.Release} did not go out in the drill ({deployed.View.Rollout?.Phase}: {deployed.View.Rollout?.Reason})", new(scene.File.Path), "signalbox deploy"));
    }

    private async Task<bool> UntilAsync(ControlPlaneClient client, string release)
    {
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < s_patience; await Task.Delay(s_poll, time, scene.Session.Cancel).ConfigureAwait(false))
            if (HasAll(await client.TrackAsync(scene.Application.Name, scene.Environment.Name, scene.Session.Cancel).ConfigureAwait(false), release)) return true;
        return false;
    }

    /// <summary>What the host shows, not what was asked for: the release before has every web service's traffic, or serves where there is none.</summary>
    private static bool HasAll(TrackView track, string release) => track.Services.Where(service => service.Address is not null).ToList() is { Count: > 0 } web
        ? web.All(service => service.Arms.Any(arm => arm.Revision == release && arm.Weight == Weight.All && arm.Ready > 0))
        : track is { Phase: "Idle" } && track.Stable == release;
}
