using System.CommandLine;
using System.Globalization;
using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;
using Signalbox.Diagnostics;
using Signalbox.Gates;

namespace Signalbox.Cli.Verbs;

internal static class GatesVerb
{
    private static readonly Argument<string> Release = new("RELEASE") { Description = "the release" };
    private static readonly Option<string> Env = new("--env") { Description = "the environment it would go into", HelpName = "NAME", Required = true };
    private static readonly Argument<string> Which = new("DECISION") { Description = "a decision's ledger sequence, or a release for its newest decision" };

    public static Command Create() => Verb.Group("gates", "What stands before a rollout: ask it, explain what it said, prove that it would say so again.", Check(), Explain(), Replay());

    private static Verb Check()
    {
        var verb = new Verb("check", "Say what the gates would say now; nothing begins. Exit 1 where they deny, 3 where they cannot decide.", "signalbox gates check shop-2 --env production");
        verb.Add(Release);
        verb.Add(Env);
        return verb.Asks(CheckAsync);
    }

    private static Verb Explain()
    {
        var verb = new Verb("explain", "Show a decision of the gates line by line, each no with the line that would mend it.", "signalbox gates explain shop-2", "signalbox gates explain 42");
        verb.Add(Which);
        return verb.Asks(ExplainAsync);
    }

    private static Verb Replay()
    {
        var verb = new Verb("replay", "Decide again on the inputs that were kept. Exit 1 where the answer is another one, 3 where the inputs are lost.", "signalbox gates replay shop-2");
        verb.Add(Which);
        return verb.Asks(ReplayAsync);
    }

    private static async Task<int> CheckAsync(Session session)
    {
        using var client = session.Connect();
        var release = await client.ReleaseAsync(session.Get(Release)!, session.Cancel).ConfigureAwait(false);
        var report = await client.CheckGatesAsync(new(release.Application, session.Get(Env)!, release.Id), session.Cancel).ConfigureAwait(false);
        if (session.Json) session.WriteJson(report, ApiJson.Default.GateReport);
        else GateText.Write(session.Out, report);
        return CodeOf(report.Verdict);
    }

    private static async Task<int> ExplainAsync(Session session)
    {
        using var client = session.Connect();
        var view = await client.DecisionAsync(session.Get(Which)!, session.Cancel).ConfigureAwait(false);
        if (session.Json)
        {
            session.WriteJson(view, ApiJson.Default.GateDecisionView);
            return ExitCode.Yes;
        }
        var decided = view.Decision;
        GateText.Write(session.Out, new(decided.Release, decided.Environment, decided.Verdict, decided.At, decided.Results));
        session.Out.WriteLine($"  decided for {view.Principal}, ledger entry {view.Sequence.ToString(CultureInfo.InvariantCulture)}, on {decided.Evidence.Count.ToString(CultureInfo.InvariantCulture)} pieces of evidence and {string.Join(", ", decided.Policies.Select(policy => policy.Digest is { } digest ? $"{policy.Name} {digest.Short}" : policy.Name))}; inputs {decided.Inputs.Short}");
        return ExitCode.Yes;
    }

    private static async Task<int> ReplayAsync(Session session)
    {
        using var client = session.Connect();
        var replay = await client.ReplayAsync(session.Get(Which)!, session.Cancel).ConfigureAwait(false);
        if (session.Json) session.WriteJson(replay, ApiJson.Default.GateReplayView);
        else if (replay.Same is { } same) session.Out.WriteLine($"decision {replay.Sequence.ToString(CultureInfo.InvariantCulture)}: decided again, the gates say {(same ? "the same" : "something else")}: {GateText.Word(replay.Report!.Verdict)}");
        if (replay.Same is null && !session.Json)
            FindingWriter.Write([Finding.Error("gate-inputs-lost", $"the inputs of decision {replay.Sequence.ToString(CultureInfo.InvariantCulture)} are lost or damaged, so it cannot be made again", new("content store"), "signalbox ledger verify")], session.Format, session.Out, session.Error);
        return replay.Same switch { true => ExitCode.Yes, false => ExitCode.No, null => ExitCode.Undecided };
    }

    private static int CodeOf(GateVerdict verdict) => verdict switch
    {
        GateVerdict.Allow => ExitCode.Yes,
        GateVerdict.Deny => ExitCode.No,
        _ => ExitCode.Undecided,
    };
}
