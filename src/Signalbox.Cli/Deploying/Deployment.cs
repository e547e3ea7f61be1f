using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;
using Signalbox.Delivery;

namespace Signalbox.Cli.Deploying;

internal sealed record Deployed(DeployedView View, int ExitCode);

/// <summary>Builds, packs, uploads, creates the release, starts its rollout and follows it.</summary>
internal sealed class Deployment(ControlPlaneClient client, Session session, DeployFile file, Builds? builds = null)
{
    public bool Silent { get; init; }

    /// <summary>How long the rollout is followed; null: to its end.</summary>
    public TimeSpan? Timeout { get; init; }

    public async Task<Deployed> RunAsync(Application application, string? environmentName, bool wait)
    {
        var environment = file.Environment(application, environmentName);
        // before the build, which may leave files that no commit has
        var source = await SourceRevisions.ReadAsync(file.Directory, session.Cancel).ConfigureAwait(false);
        if (builds?.Awaits(application) == true)
        {
            await file.CheckAsync(client, environment.Name, beforeBuild: true, session).ConfigureAwait(false);
            await builds.RunAsync(application).ConfigureAwait(false);
        }
        await file.CheckAsync(client, environment.Name, beforeBuild: false, session).ConfigureAwait(false);
        await StateGapAsync(application, environment).ConfigureAwait(false);
        var artifacts = await UploadAsync(environment).ConfigureAwait(false);
        var release = await client.CreateReleaseAsync(new(application.Name, source, artifacts, application.Environments), session.Cancel).ConfigureAwait(false);
        var rollout = await client.StartRolloutAsync(new(application.Name, environment.Name, release.Id), session.Cancel).ConfigureAwait(false);
        if (!Silent) session.Say($"{release.Id} goes out to {rollout.Track} ({rollout.Id})");
        var end = wait ? await FollowAsync(rollout).ConfigureAwait(false) : rollout;
        var view = new DeployedView(release.Id, rollout.Track, end ?? rollout, [.. Addresses(environment)], null, null);
        return new(view, CodeOf(end, wait));
    }

    private async Task<RolloutView?> FollowAsync(RolloutView rollout)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(session.Cancel);
        if (Timeout is { } timeout) limit.CancelAfter(timeout);
        return await new RolloutFollower(client, session, Silent || session.Json).FollowAsync(rollout, limit.Token).ConfigureAwait(false);
    }

    /// <summary>What it will cost is said while nothing has begun.</summary>
    private async Task StateGapAsync(Application application, EnvironmentConfiguration environment)
    {
        if (Silent || environment.Strategy.Kind != StrategyKind.Recreate) return;
        var status = await client.StatusAsync(session.Cancel).ConfigureAwait(false);
        var track = status.Tracks.FirstOrDefault(t => t.Application == application.Name && t.Environment == environment.Name);
        if (track is not null && GapText.Stated(environment, track) is { } stated) session.Say(stated);
    }

    private int CodeOf(RolloutView? end, bool waited)
    {
        if (!waited) return ExitCode.Yes;
        if (end is null) return session.Cancel.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Undecided;
        return RolloutText.Succeeded(end) ? ExitCode.Yes : ExitCode.No;
    }

    private static IEnumerable<string> Addresses(EnvironmentConfiguration environment) =>
        environment.Services.Where(s => s.Listen is not null).Select(s => $"http://{s.Listen}");

    /// <summary>Each directory once, also where several services come from it.</summary>
    private async Task<Dictionary<string, Digest>> UploadAsync(EnvironmentConfiguration environment)
    {
        var byPath = new Dictionary<string, Digest>(StringComparer.Ordinal);
        var byService = new Dictionary<string, Digest>(StringComparer.Ordinal);
        foreach (var service in environment.Services)
        {
            var path = Path.GetFullPath(service.ArtifactPath, file.Directory);
            if (!byPath.TryGetValue(path, out var digest))
                byPath[path] = digest = await new ArtifactUpload(client, session).RunAsync(path, Silent).ConfigureAwait(false);
            byService[service.Name] = digest;
        }
        return byService;
    }
}
