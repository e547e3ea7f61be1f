using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;
using Signalbox.Delivery;

namespace Signalbox.Cli.Deploying;

internal sealed record Deployed(DeployedView View, int ExitCode);

/// <summary>Packs, uploads, creates the release, starts its rollout and follows it.</summary>
internal sealed class Deployment(ControlPlaneClient client, Session session, DeployFile file)
{
    public bool Silent { get; init; }

    /// <param name="results">Files and folders of evidence to hand in before; empty for none.</param>
    public async Task<Deployed> RunAsync(Application application, string? environmentName, bool wait, params IReadOnlyList<string> results)
    {
        var release = await CreateAsync(application, environmentName).ConfigureAwait(false);
        if (results.Count > 0)
            foreach (var view in await EvidenceFolder.AddAsync(client, results, null, release.Id, null, session).ConfigureAwait(false))
                if (!Silent) session.Say(Verbs.EvidenceStoreVerbs.Line(view));
        return await StartAsync(release, file.Environment(application, environmentName), wait).ConfigureAwait(false);
    }

    /// <summary>Packs, uploads and freezes; nothing goes out.</summary>
    public async Task<Release> CreateAsync(Application application, string? environmentName)
    {
        var environment = file.Environment(application, environmentName);
        await file.CheckAsync(client, environment.Name, session).ConfigureAwait(false);
        var artifacts = await UploadAsync(environment).ConfigureAwait(false);
        var source = await SourceRevisions.ReadAsync(file.Directory, session.Cancel).ConfigureAwait(false);
        return await client.CreateReleaseAsync(new(application.Name, source, artifacts, application.Environments, application.Owners.Count > 0 ? application.Owners : null), session.Cancel).ConfigureAwait(false);
    }

    private Task<Deployed> StartAsync(Release release, EnvironmentConfiguration environment, bool wait) => StartAsync(client, session, release, environment, wait, Silent);

    /// <summary>Takes a release out that was made before.</summary>
    public static async Task<Deployed> StartAsync(ControlPlaneClient client, Session session, Release release, EnvironmentConfiguration environment, bool wait, bool silent)
    {
        var rollout = await client.StartRolloutAsync(new(release.Application, environment.Name, release.Id), session.Cancel).ConfigureAwait(false);
        if (!silent) session.Say($"{release.Id} goes out to {rollout.Track} ({rollout.Id})");
        var end = wait ? await new RolloutFollower(client, session, silent || session.Json).FollowAsync(rollout, session.Cancel).ConfigureAwait(false) : rollout;
        var view = new DeployedView(release.Id, rollout.Track, end ?? rollout, [.. Addresses(environment)], null, null);
        return new(view, CodeOf(end, wait));
    }

    private static int CodeOf(RolloutView? end, bool waited)
    {
        if (!waited) return ExitCode.Yes;
        if (end is null) return ExitCode.Interrupted;
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
