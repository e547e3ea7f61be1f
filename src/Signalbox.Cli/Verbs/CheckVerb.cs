using System.CommandLine;
using Signalbox.Api;
using Signalbox.Audit;
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
        ControlPlaneUrl.WarnPassedOver(session, "check");
        var path = DeployFile.Find(session.Get(From)!);
        EditorSchema.Place(path);
        var file = DeliveryFileReader.ReadFile(path);
        using var client = ControlPlaneClient.TryConnect(session.State);
        var around = await DeployFile.FindAsync(file, client, null, beforeBuild: true, session.Cancel).ConfigureAwait(false);
        Finding[] findings = [.. file.Findings, .. PolicyReader.ReadFile(path).Problems, .. around];
        if (session.Json || findings.Length > 0) FindingWriter.Write(findings, session.Format, session.Out, session.Error);
        if (file.Applications is null) return File.Exists(path) ? ExitCode.No : ExitCode.Undecided;
        if (findings.Any(f => f.Severity == Severity.Error)) return ExitCode.No;
        if (session.Json) return ExitCode.Yes;
        var tracks = client is null ? [] : (await client.StatusAsync(session.Cancel).ConfigureAwait(false)).Tracks;
        if (file.Applications.Count == 0) session.Out.WriteLine($"{path}: the audit's policy is well-formed");
        foreach (var application in file.Applications)
        {
            session.Out.WriteLine(Summary(path, application));
            foreach (var gap in Gaps(application, tracks)) session.Out.WriteLine(gap);
        }
        return ExitCode.Yes;
    }

    /// <summary>What each release by recreate will cost.</summary>
    private static IEnumerable<string> Gaps(Application application, IReadOnlyList<TrackView> tracks) =>
        from environment in application.Environments
        let track = tracks.FirstOrDefault(t => t.Application == application.Name && t.Environment == environment.Name)
        let stated = GapText.Stated(environment, track)
        where stated is not null
        select $"  {environment.Name}: {stated}";

    private static string Summary(string path, Application application) =>
        $"{path}: {application.Name} is well-formed: {string.Join(", ", application.Environments.Select(e => $"{e.Name} ({Name(e.Strategy.Kind)}, {e.Services.Count} {(e.Services.Count == 1 ? "service" : "services")})"))}";

    /// <summary>As it is written in the file.</summary>
    private static string Name(StrategyKind kind) => kind == StrategyKind.BlueGreen ? "blueGreen" : kind.ToString().ToLowerInvariant();
}
