using System.CommandLine;
using Signalbox.Cli.Deploying;
using Signalbox.Cli.Terminal;
using Signalbox.Delivery;

namespace Signalbox.Cli.Verbs;

internal static class CheckVerb
{
    private static readonly Argument<string> From = DeployOptions.Path();

    public static Command Create()
    {
        var verb = new Verb("check", "Read signalbox.yaml and say everything that is wrong with it. Starts nothing.",
            "signalbox check", "signalbox check ./shop/signalbox.yaml --format json");
        verb.Add(From);
        return verb.Does(session => Task.FromResult(Run(session)));
    }

    private static int Run(Session session)
    {
        var path = DeployFile.Find(session.Get(From)!);
        var file = DeliveryFileReader.ReadFile(path);
        if (session.Json || file.Findings.Count > 0) FindingWriter.Write(file.Findings, session.Format, session.Out, session.Error);
        if (file.Applications is null) return File.Exists(path) ? ExitCode.No : ExitCode.Undecided;
        if (!session.Json)
            foreach (var application in file.Applications) session.Out.WriteLine(Summary(path, application));
        return ExitCode.Yes;
    }

    private static string Summary(string path, Application application) =>
        $"{path}: {application.Name} is well-formed: {string.Join(", ", application.Environments.Select(e => $"{e.Name} ({e.Strategy.Kind.ToString().ToLowerInvariant()}, {e.Services.Count} {(e.Services.Count == 1 ? "service" : "services")})"))}";
}
