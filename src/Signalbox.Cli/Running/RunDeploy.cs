using Signalbox.Cli.Control;
using Signalbox.Cli.Deploying;
using Signalbox.Cli.Terminal;
using Signalbox.Delivery;
using Signalbox.Delivery.Artifacts;
using Signalbox.Evidence.Signing;
using Signalbox.Pipelines.Local;

namespace Signalbox.Cli.Running;

/// <summary>Takes out what a run made: from its end on it is a deployment as any other, with the run's results as evidence.</summary>
internal static class RunDeploy
{
    public static async Task<int> DoAsync(Session session, RunSource source, string environment, RunRecord run)
    {
        var file = await DeployFile.ReadAsync(source.Delivery!, session with { Error = TextWriter.Null }).ConfigureAwait(false);
        var application = file.Choose(source.Application!.Name)[0];
        _ = file.Environment(application, environment);
        await Daemons.EnsureRunningAsync(session.State, session.Say, session.Cancel).ConfigureAwait(false);
        using var client = session.Connect();
        if (await ServesAsync(client, file, application, environment, session).ConfigureAwait(false))
        {
            session.Say("nothing has changed since the release that serves, so nothing goes out");
            if (await ServingTrack.FindAsync(client, application.Name, environment, session).ConfigureAwait(false) is { } serving) return Tell(session, serving);
        }
        var results = new RunFolders(source.Directory).Results(run.Id);
        IReadOnlyList<string> evidence = Directory.Exists(results) && Directory.EnumerateFiles(results, "*", SearchOption.AllDirectories).Any() ? [results] : [];
        return Tell(session, await new Deployment(client, session, file) { PublicKey = PublicKey(source) }.RunAsync(application, environment, wait: true, evidence).ConfigureAwait(false));
    }

    private static int Tell(Session session, Deployed deployed)
    {
        if (session.Json) session.WriteJson(deployed.View, CliJson.Default.DeployedView);
        else if (deployed.ExitCode == ExitCode.Yes)
            foreach (var address in deployed.View.Addresses) session.Out.WriteLine($"{deployed.View.Release} serves at {session.Paint.Bold(address)}");
        return deployed.ExitCode;
    }

    /// <summary>Whether what would go out is there already: the same commit, configuration and files, and no rollout goes on.</summary>
    private static async Task<bool> ServesAsync(ControlPlaneClient client, DeployFile file, Application application, string environment, Session session)
    {
        var status = await client.StatusAsync(session.Cancel).ConfigureAwait(false);
        var track = status.Tracks.FirstOrDefault(track => track.Application == application.Name && track.Environment == environment);
        if (track is not { Stable: { } serving, Rollout: null or { EndedAt: not null } }) return false;
        var release = await client.ReleaseAsync(serving, session.Cancel).ConfigureAwait(false);
        var wanted = file.Environment(application, environment);
        if (release.In(environment) is not { } served || ConfigurationDigest.Of(served) != ConfigurationDigest.Of(wanted)) return false;
        var source = await SourceRevisions.ReadAsync(file.Directory, session.Cancel).ConfigureAwait(false);
        return release.Source?.Commit == source?.Commit && wanted.Services.All(service => release.Artifacts.GetValueOrDefault(service.Name) == DigestOf(service));

        Digest DigestOf(ServiceConfiguration service) => ArtifactPacker.Pack(Path.GetFullPath(service.ArtifactPath, file.Directory), Stream.Null).Digest;
    }

    private static string? PublicKey(RunSource source)
    {
        if (source.Jobs.Select(job => job.Key).FirstOrDefault(key => key is not null) is not { } file) return null;
        using var key = SigningKey.FromPem(File.ReadAllText(Path.Combine(source.Directory, file)), Environment.GetEnvironmentVariable(Verifying.SignOptions.PasswordVariable));
        return key.PublicPem;
    }
}
