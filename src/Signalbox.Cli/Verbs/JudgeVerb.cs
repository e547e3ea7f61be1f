using System.CommandLine;
using Signalbox.Analysis;
using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;

namespace Signalbox.Cli.Verbs;

internal static class JudgeVerb
{
    private static readonly Option<int> Runs = new("--runs") { Description = "rollouts for each row", HelpName = "N", DefaultValueFactory = _ => 20 };
    private static readonly Option<ulong> Seed = new("--seed") { Description = "the same seed gives the same table", HelpName = "N", DefaultValueFactory = _ => 20240607 };

    private static readonly Argument<string> TickLog = new("FILE") { Description = "a rollout's tick log: a .ticks file in the state directory" };

    private static readonly Option<string?> Digest = new("--digest") { Description = "the decision's tickLogDigest, as `rollouts show --format json` has it (default: the one in the ledger of --state, where it is there)", HelpName = "HEX" };

    public static Command Create() => Verb.Group("judge", "Look into how releases are judged.", Simulate(), Replay());

    private static Verb Simulate()
    {
        var verb = new Verb("simulate", "Print how fast the judge and the documented examples of its peers take bad releases back on the same simulated traffic, and how often healthy ones.",
            "signalbox judge simulate", "signalbox judge simulate --runs 200 --format json");
        verb.Add(Runs);
        verb.Add(Seed);
        return verb.Does(session => Task.FromResult(RunSimulation(session)));
    }

    private static Verb Replay()
    {
        var verb = new Verb("replay", "Recompute a rollout's verdicts from its tick log, and say whether they are what was recorded. Needs no running control plane.",
            "signalbox judge replay ~/.local/state/signalbox/judge/shop-production-3/web.ticks");
        verb.Add(TickLog);
        verb.Add(Digest);
        return verb.Does(session => Task.FromResult(RunReplay(session)));
    }

    private static int RunReplay(Session session)
    {
        var path = session.Get(TickLog)!;
        using var log = File.OpenRead(path);
        var report = JudgeReplay.Run(log, path);
        var expected = session.Get(Digest) ?? RecordedDecision.TickLogDigest(session.State, report.Rollout, Path.GetFileNameWithoutExtension(path));
        report = report.ComparedWith(expected, path);
        if (session.Json) session.WriteJson(report, CliJson.Default.ReplayReport);
        else WriteReplay(session, report, expected);
        return report.Matches ? ExitCode.Yes : ExitCode.No;
    }

    private static void WriteReplay(Session session, ReplayReport report, string? expected)
    {
        FindingWriter.Write(report.Findings, session.Format, session.Out, session.Error);
        session.Out.WriteLine($"{report.Rollout}: {report.Ticks} ticks, {report.Verdict}, canary {report.CanaryBad} bad of {report.CanaryRequests}, stable {report.StableBad} bad of {report.StableRequests}");
        if (report.FellAtTick > 0) session.Out.WriteLine($"fell at tick {report.FellAtTick}, digest {report.FellAtDigest}");
        if (report.Matches && expected is not null) session.Out.WriteLine("it is the log that the recorded decision rests on");
        session.Out.WriteLine($"{(report.Matches ? "every recorded verdict was found again" : "the recorded verdicts were not found again")}; digest {report.Digest}");
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
