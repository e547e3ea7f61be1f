using System.CommandLine;
using Signalbox.Analysis;
using Signalbox.Cli.Terminal;

namespace Signalbox.Cli.Verbs;

internal static class JudgeVerb
{
    private static readonly Option<int> Runs = new("--runs") { Description = "rollouts for each row", HelpName = "N", DefaultValueFactory = _ => 20 };
    private static readonly Option<ulong> Seed = new("--seed") { Description = "the same seed gives the same table", HelpName = "N", DefaultValueFactory = _ => 20240607 };

    public static Command Create() => Verb.Group("judge", "Look into how releases are judged.", Simulate());

    private static Verb Simulate()
    {
        var verb = new Verb("simulate", "Print how fast the judge and the documented examples of its peers take bad releases back on the same simulated traffic, and how often healthy ones.",
            "signalbox judge simulate", "signalbox judge simulate --runs 200 --format json");
        verb.Add(Runs);
        verb.Add(Seed);
        return verb.Does(session => Task.FromResult(RunSimulation(session)));
    }

    private static int RunSimulation(Session session)
    {
        var options = new SimulationOptions(session.Get(Runs), session.Get(Seed));
        var report = JudgeSimulation.Run(options, session.Live ? new Reporter(session.Error) : null);
        if (session.Live) session.Error.Write("\r\e[K");
        if (session.Json) session.WriteJson(report, CliJson.Default.SimulationReport);
        else session.Out.Write(report.ToText());
        return ExitCode.Yes;
    }

    private sealed class Reporter(TextWriter terminal) : IProgress<string>
    {
        public void Report(string value) => terminal.Write($"\rsimulating {value}\e[K");
    }
}
