using System.CommandLine;
using Signalbox.Cli.Control;
using Signalbox.Cli.Deploying;
using Signalbox.Cli.Terminal;
using Signalbox.Delivery;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Verbs;

internal static class CheckVerb
{
    private static readonly Argument<string> From = DeployOptions.Path();

    public static Command Create()
    {
        var verb = new Verb("check", "Read signalbox.yaml and say everything that is wrong with it. Starts nothing.",
            "signalbox check", "signalbox check ./shop/signalbox.yaml --format json");
        verb.Add(From);
        return verb.Does(RunAsync);
    }

    private static async Task<int> RunAsync(Session session)
    {
        var path = DeployFile.Find(session.Get(From)!);
        var file = DeliveryFileReader.ReadFile(path);
        using var client = ControlPlaneClient.TryConnect(session.State);
        var around = await DeployFile.FindAsync(file, client, null, beforeBuild: true, session.Cancel).ConfigureAwait(false);
        Finding[] findings = [.. file.Findings, .. around];
        if (session.Json || findings.Length > 0) FindingWriter.Write(findings, session.Format, session.Out, session.Error);
        if (file.Applications is null) return File.Exists(path) ? ExitCode.No : ExitCode.Undecided;
        if (findings.Any(f => f.Severity == Severity.Error)) return ExitCode.No;
        if (!session.Json)
            foreach (var application in file.Applications) session.Out.WriteLine(Summary(path, application));
        return ExitCode.Yes;
    }

    private static string Summary(string path, Application application) =>
        $"{path}: {application.Name} is well-formed: {string.Join(", ", application.Environments.Select(e => $"{e.Name} ({e.Strategy.Kind.ToString().ToLowerInvariant()}, {e.Services.Count} {(e.Services.Count == 1 ? "service" : "services")})"))}";
}
