using Signalbox.Cli.Control;
using Signalbox.Cli.Deploying;
using Signalbox.Cli.Terminal;
using Signalbox.Evidence.Signing;
using Signalbox.Pipelines.Local;

namespace Signalbox.Cli.Running;

/// <summary>Takes out what a run made: from its end on it is a deployment as any other, with the run's results as evidence.</summary>
internal static class RunDeploy
{
    public static async Task<int> DoAsync(Session session, RunSource source, string environment, RunRecord run)
    {
        var file = await DeployFile.ReadAsync(source.File, session with { Error = TextWriter.Null }).ConfigureAwait(false);
        var application = file.Choose(source.Application!.Name)[0];
        _ = file.Environment(application, environment);
        await Daemons.EnsureRunningAsync(session.State, session.Say, session.Cancel).ConfigureAwait(false);
        using var client = session.Connect();
        var results = new RunFolders(source.Directory).Results(run.Id);
        IReadOnlyList<string> evidence = Directory.Exists(results) && Directory.EnumerateFiles(results, "*", SearchOption.AllDirectories).Any() ? [results] : [];
        var deployed = await new Deployment(client, session, file) { PublicKey = PublicKey(source) }.RunAsync(application, environment, wait: true, evidence).ConfigureAwait(false);
        if (session.Json) session.WriteJson(deployed.View, CliJson.Default.DeployedView);
        else if (deployed.ExitCode == ExitCode.Yes)
            foreach (var address in deployed.View.Addresses) session.Out.WriteLine($"{deployed.View.Release} serves at {session.Paint.Bold(address)}");
        return deployed.ExitCode;
    }

    private static string? PublicKey(RunSource source)
    {
        if (source.Jobs.Select(job => job.Key).FirstOrDefault(key => key is not null) is not { } file) return null;
        using var key = SigningKey.FromPem(File.ReadAllText(Path.Combine(source.Directory, file)), Environment.GetEnvironmentVariable(Verifying.SignOptions.PasswordVariable));
        return key.PublicPem;
    }
}
