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

    /// <summary>The key under which one release is made, however often it is asked for; null to make one each time.</summary>
    public string? Once { get; init; }

    /// <summary>Told of the release once it is made, before it goes out.</summary>
    public Action<Release>? Made { get; init; }

    /// <summary>PEM of the key that signatures among the results are checked with; null for none.</summary>
    public string? PublicKey { get; init; }

    /// <summary>By full path: what is packed already, and is sent as it is.</summary>
    public IReadOnlyDictionary<string, PackedFile> Packed { get; init; } = new Dictionary<string, PackedFile>();

    /// <param name="results">Files and folders of evidence to hand in before; empty for none.</param>
    public async Task<Deployed> RunAsync(Application application, string? environmentName, bool wait, params IReadOnlyList<string> results)
    {
        var environment = file.Environment(application, environmentName);
        if (Once is not null) await client.DemandKeysAsync(session.Cancel).ConfigureAwait(false);
        var (release, existed) = await MakeAsync(application, environmentName).ConfigureAwait(false);
        Made?.Invoke(release);
        var start = new ReleaseStart(client, session) { Silent = Silent, Timeout = Timeout, Again = Once is not null };
        if (existed && await start.BecameAsync(release, environment, wait).ConfigureAwait(false) is { } became) return became;
        if (results.Count > 0)
            foreach (var view in await EvidenceFolder.AddAsync(client, results, null, release.Id, PublicKey, session).ConfigureAwait(false))
                if (!Silent) session.Say(Verbs.EvidenceStoreVerbs.Line(view));
        return await start.RunAsync(release, environment, wait).ConfigureAwait(false);
    }

    /// <summary>Builds, packs, uploads and freezes; nothing goes out.</summary>
    public async Task<Release> CreateAsync(Application application, string? environmentName) => (await MakeAsync(application, environmentName).ConfigureAwait(false)).Release;

    /// <returns>And whether it was made before, under the same key.</returns>
    private async Task<(Release Release, bool Existed)> MakeAsync(Application application, string? environmentName)
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
        var owners = application.Owners.Count > 0 ? application.Owners : null;
        return await client.MakeReleaseAsync(new(application.Name, source, artifacts, application.Environments, owners, Once), session.Cancel).ConfigureAwait(false);
    }

    /// <summary>What it will cost is said while nothing has begun.</summary>
    private async Task StateGapAsync(Application application, EnvironmentConfiguration environment)
    {
        if (Silent || environment.Strategy.Kind != StrategyKind.Recreate) return;
        var status = await client.StatusAsync(session.Cancel).ConfigureAwait(false);
        var track = status.Tracks.FirstOrDefault(t => t.Application == application.Name && t.Environment == environment.Name);
        if (track is not null && GapText.Stated(environment, track) is { } stated) session.Say(stated);
    }

    /// <summary>Each directory once, also where several services come from it.</summary>
    public async Task<Dictionary<string, Digest>> UploadAsync(EnvironmentConfiguration environment)
    {
        var byPath = new Dictionary<string, Digest>(StringComparer.Ordinal);
        var byService = new Dictionary<string, Digest>(StringComparer.Ordinal);
        foreach (var service in environment.Services)
        {
            var path = Path.GetFullPath(service.ArtifactPath, file.Directory);
            if (!byPath.TryGetValue(path, out var digest))
            {
                var upload = new ArtifactUpload(client, session);
                byPath[path] = digest = await (Packed.TryGetValue(path, out var packed) ? upload.SendAsync(packed, Silent) : upload.RunAsync(path, Silent)).ConfigureAwait(false);
            }
            byService[service.Name] = digest;
        }
        return byService;
    }
}
