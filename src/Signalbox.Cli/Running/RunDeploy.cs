using Signalbox.Cli.Control;
using Signalbox.Cli.Deploying;
using Signalbox.Cli.Terminal;
using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Evidence.Signing;
using Signalbox.Pipelines.Local;

namespace Signalbox.Cli.Running;

/// <summary>Takes out what a run made: from its end on it is a deployment as any other, with the run's results as evidence.</summary>
internal static class RunDeploy
{
    /// <param name="tested">The sources that the run was of.</param>
    /// <exception cref="SignalboxException">Sources are others than those that were tested; exit code 1.</exception>
    public static async Task<int> DoAsync(Session session, RunSource source, string environment, RunRecord run, TestedSources tested)
    {
        var file = await DeployFile.ReadAsync(source.Delivery!, session with { Error = TextWriter.Null }).ConfigureAwait(false);
        var application = file.Choose(source.Application!.Name)[0];
        var wanted = file.Environment(application, environment);
        await Daemons.EnsureRunningAsync(session.State, session.Say, session.Cancel).ConfigureAwait(false);
        using var client = session.Connect();
        await file.CheckAsync(client, environment, beforeBuild: false, session).ConfigureAwait(false);
        var packed = new Dictionary<string, PackedFile>(StringComparer.Ordinal);
        try
        {
            foreach (var path in wanted.Services.Select(service => PathOf(service, file)).Distinct(StringComparer.Ordinal)) packed[path] = await ArtifactUpload.PackAsync(path, session).ConfigureAwait(false);
            // what changes from here on is not in what was packed
            if (await tested.ChangedAsync(session.Cancel).ConfigureAwait(false) is { } changed)
                throw new SignalboxException(ExitCode.No, Finding.Error("run-untested", $"{changed} since the run began, so nothing goes out; expected the sources that were tested", new(source.File),
                    $"signalbox run --deploy {environment}   # a file that a job writes belongs into its outputs or .gitignore, and not into Git"));
            return await SendAsync(session, source, file, application, wanted, run, client, packed).ConfigureAwait(false);
        }
        finally
        {
            foreach (var one in packed.Values) await one.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static string PathOf(ServiceConfiguration service, DeployFile file) => Path.GetFullPath(service.ArtifactPath, file.Directory);

    private static async Task<int> SendAsync(
        Session session, RunSource source, DeployFile file, Application application, EnvironmentConfiguration wanted, RunRecord run, ControlPlaneClient client, Dictionary<string, PackedFile> packed)
    {
        var environment = wanted.Name;
        if (await ServesAsync(client, file, application, wanted, packed, session).ConfigureAwait(false))
        {
            session.Say("nothing has changed since the release that serves, so nothing goes out");
            if (await ServingTrack.FindAsync(client, application.Name, environment, session).ConfigureAwait(false) is { } serving) return Tell(session, serving);
        }
        var results = new RunFolders(source.Directory).Results(run.Id);
        IReadOnlyList<string> evidence = Directory.Exists(results) && Directory.EnumerateFiles(results, "*", SearchOption.AllDirectories).Any() ? [results] : [];
        return Tell(session, await new Deployment(client, session, file) { PublicKey = PublicKey(source), Packed = packed }.RunAsync(application, environment, wait: true, evidence).ConfigureAwait(false));
    }

    private static int Tell(Session session, Deployed deployed)
    {
        if (session.Json) session.WriteJson(deployed.View, CliJson.Default.DeployedView);
        else if (deployed.ExitCode == ExitCode.Yes)
            foreach (var address in deployed.View.Addresses) session.Out.WriteLine($"{deployed.View.Release} serves at {session.Paint.Bold(address)}");
        return deployed.ExitCode;
    }

    /// <summary>Whether what would go out is there already: the same commit, configuration and files, and no rollout goes on.</summary>
    private static async Task<bool> ServesAsync(ControlPlaneClient client, DeployFile file, Application application, EnvironmentConfiguration wanted, Dictionary<string, PackedFile> packed, Session session)
    {
        var status = await client.StatusAsync(session.Cancel).ConfigureAwait(false);
        var track = status.Tracks.FirstOrDefault(track => track.Application == application.Name && track.Environment == wanted.Name);
        if (track is not { Stable: { } serving, Rollout: null or { EndedAt: not null } }) return false;
        var release = await client.ReleaseAsync(serving, session.Cancel).ConfigureAwait(false);
        if (release.In(wanted.Name) is not { } served || ConfigurationDigest.Of(served) != ConfigurationDigest.Of(wanted)) return false;
        var source = await SourceRevisions.ReadAsync(file.Directory, session.Cancel).ConfigureAwait(false);
        return release.Source?.Commit == source?.Commit && wanted.Services.All(service => release.Artifacts.GetValueOrDefault(service.Name) == packed[PathOf(service, file)].Packed.Digest);
    }

    private static string? PublicKey(RunSource source)
    {
        if (source.Jobs.Select(job => job.Key).FirstOrDefault(key => key is not null) is not { } file) return null;
        using var key = SigningKey.FromPem(File.ReadAllText(Path.Combine(source.Directory, file)), Environment.GetEnvironmentVariable(Verifying.SignOptions.PasswordVariable));
        return key.PublicPem;
    }
}
