using System.CommandLine;
using Signalbox.Cli.Deploying;
using Signalbox.Cli.Terminal;

namespace Signalbox.Cli.Verbs;

internal static class DeployVerb
{
    private static readonly Argument<string> From = DeployOptions.Path();
    private static readonly Option<string?> Application = DeployOptions.Application();
    private static readonly Option<string?> Env = DeployOptions.Environment();
    private static readonly Option<bool> NoBuild = DeployOptions.NoBuild();
    private static readonly Option<bool> NoWait = new("--no-wait") { Description = "return once the rollout has begun" };

    private static readonly Option<int> Timeout = new Option<int>("--timeout")
    {
        Description = "follow it for so many seconds at most, then end with 3; the rollout goes on",
        HelpName = "SECONDS",
    }.Within(1, 30 * 24 * 3600);

    public static Command Create()
    {
        var verb = new Verb("deploy", "Take the next release out and follow it to its end. Exit 1 where it was taken back.",
            "signalbox deploy", "signalbox deploy ./shop --env production", "signalbox deploy --no-wait --format json");
        verb.Add(From);
        verb.Add(Application);
        verb.Add(Env);
        verb.Add(NoBuild);
        verb.Add(NoWait);
        verb.Add(Timeout);
        return verb.Does(RunAsync);
    }

    private static TimeSpan? Limit(Session session) => session.Get(Timeout) is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static async Task<int> RunAsync(Session session)
    {
        var file = await DeployFile.ReadAsync(session.Get(From)!, session).ConfigureAwait(false);
        using var client = session.Connect();
        var builds = new Builds(session, file, skip: session.Get(NoBuild));
        var code = ExitCode.Yes;
        foreach (var application in file.Choose(session.Get(Application)))
        {
            var deployed = await new Deployment(client, session, file, builds) { Timeout = Limit(session) }.RunAsync(application, session.Get(Env), !session.Get(NoWait)).ConfigureAwait(false);
            if (session.Json) session.WriteJson(deployed.View, CliJson.Default.DeployedView);
            code = Math.Max(code, deployed.ExitCode);
        }
        return code;
    }
}
