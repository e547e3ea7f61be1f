using System.Collections.Concurrent;
using Signalbox.Cli.Backups;
using Signalbox.Cli.Control;
using Signalbox.Delivery;
using Signalbox.Runbooks;

namespace Signalbox.Cli.Drills;

/// <summary>
/// Releases are made without a pause while a backup is taken; then control plane, host, workloads and state directory are gone.
/// From that moment until the application answers again out of the backup, and which acknowledged releases are not in it.
/// </summary>
internal sealed class RestoreDrill(DrillScene scene, int releases, TimeProvider time)
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(20), s_patience = TimeSpan.FromMinutes(2);
    private const int Writers = 4;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _acknowledged = new(StringComparer.Ordinal);

    public async Task<DrillEnded> RunAsync()
    {
        var cancel = scene.Session.Cancel;
        await Daemons.EnsureRunningAsync(scene.State, _ => { }, cancel).ConfigureAwait(false);
        Release serving;
        using (var client = ControlPlaneClient.Connect(scene.State))
        {
            var deployed = await scene.DeployAsync(client).ConfigureAwait(false);
            serving = await client.ReleaseAsync(deployed.View.Release, cancel).ConfigureAwait(false);
            await MakeAsync(client, serving, () => _acknowledged.Count < releases).ConfigureAwait(false);
        }
        var (before, backedUpAt) = await BackUpUnderLoadAsync(serving).ConfigureAwait(false);
        return await RecoverAsync(serving, before, backedUpAt).ConfigureAwait(false);
    }

    /// <returns>What had been acknowledged when the backup began, and when that was.</returns>
    private async Task<(HashSet<string> Before, DateTimeOffset At)> BackUpUnderLoadAsync(Release serving)
    {
        using var client = ControlPlaneClient.Connect(scene.State);
        var more = true;
        var load = Task.Run(() => MakeAsync(client, serving, () => more), scene.Session.Cancel);
        var before = _acknowledged.Keys.ToHashSet(StringComparer.Ordinal);
        var at = time.GetUtcNow();
        try
        {
            await Task.Run(() => Backup.Make(scene.State, scene.Join("backup"), time, scene.Session.Error.WriteLine, scene.Session.Cancel), scene.Session.Cancel).ConfigureAwait(false);
        }
        finally
        {
            more = false;
            await load.ConfigureAwait(false);
        }
        return (before, at);
    }

    private async Task<DrillEnded> RecoverAsync(Release serving, HashSet<string> before, DateTimeOffset backedUpAt)
    {
        // nothing was acknowledged after it, however long the workloads take to end
        var lostAt = time.GetUtcNow();
        await Shutdown.RunAsync(scene.State).ConfigureAwait(false);
        scene.State.Remove();
        var began = time.GetTimestamp();
        await new Restore(scene.State, scene.Join("backup"), new(null, Force: false, CheckOnly: false), time, scene.Session.Say).RunAsync(scene.Session.Cancel).ConfigureAwait(false);
        await Daemons.EnsureRunningAsync(scene.State, _ => { }, scene.Session.Cancel).ConfigureAwait(false);
        using var client = ControlPlaneClient.Connect(scene.State);
        var back = await UntilAsync(client, serving).ConfigureAwait(false);
        var took = time.GetElapsedTime(began);
        var kept = await KeptAsync(client).ConfigureAwait(false);
        var lost = _acknowledged.Keys.Where(id => !kept.Contains(id)).ToList();
        var newest = _acknowledged.Where(known => kept.Contains(known.Key)).Select(known => known.Value).DefaultIfEmpty(backedUpAt).Max();
        var passed = back && !lost.Any(before.Contains);
        return new("restore", scene.Application.Name, scene.Environment.Name, took, lost.Count, lost.Count == 0 ? TimeSpan.Zero : lostAt - newest, 0, 0, kept.Count, passed);
    }

    private Task MakeAsync(ControlPlaneClient client, Release like, Func<bool> more) => Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ =>
    {
        while (more())
        {
            var made = await client.CreateReleaseAsync(new(like.Application, null, like.Artifacts, like.Environments), scene.Session.Cancel).ConfigureAwait(false);
            _acknowledged[made.Id] = time.GetUtcNow();
        }
    }));

    private async Task<bool> UntilAsync(ControlPlaneClient client, Release serving)
    {
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < s_patience; await Task.Delay(s_poll, time, scene.Session.Cancel).ConfigureAwait(false))
        {
            var track = (await client.StatusAsync(scene.Session.Cancel).ConfigureAwait(false)).Tracks.FirstOrDefault(known => known.Environment == scene.Environment.Name);
            if (track?.Stable == serving.Id && track.Services.All(service => service.Schedule is not null || service.Arms.Any(arm => arm.Ready > 0))
                && (scene.Health is not { } health || await HealthLoad.IsWellAsync(health, scene.Session.Cancel).ConfigureAwait(false))) return true;
        }
        return false;
    }

    /// <summary>From the ledger itself: the list of the API is bounded.</summary>
    private async Task<HashSet<string>> KeptAsync(ControlPlaneClient client)
    {
        var kept = new HashSet<string>(StringComparer.Ordinal);
        for (long after = 0; await client.EntriesAsync(after, scene.Session.Cancel).ConfigureAwait(false) is { Count: > 0 } page; after = page[^1].Sequence)
            foreach (var entry in page.Where(entry => entry.Type == Rollouts.RolloutEvents.ReleaseCreated))
                kept.Add(System.Text.Json.JsonDocument.Parse(entry.Data.Utf8).RootElement.GetProperty("id").GetString()!);
        return kept;
    }
}
