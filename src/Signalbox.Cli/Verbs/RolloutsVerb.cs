using System.CommandLine;
using Signalbox.Api;
using Signalbox.Cli.Terminal;
using Signalbox.Server;

namespace Signalbox.Cli.Verbs;

internal static class RolloutsVerb
{
    private static readonly Argument<string> Id = new("ROLLOUT") { Description = "the rollout's id, as `rollouts list` shows it" };
    private static readonly Option<string?> Application = new("--app") { Description = "only this application", HelpName = "NAME" };
    private static readonly Option<string?> Env = new("--env") { Description = "only this environment", HelpName = "NAME" };
    private static readonly Option<bool> Active = new("--active") { Description = "only those that have not ended" };
    private static readonly Option<int> Limit = new("--limit") { Description = "at most this many, newest first", HelpName = "N", DefaultValueFactory = _ => 20 };

    public static Command Create() => Verb.Group("rollouts", "List rollouts, show one, watch one.", List(), Show(), WatchVerb.Create());

    private static Verb List()
    {
        var verb = new Verb("list", "List rollouts, newest first.",
            "signalbox rollouts list", "signalbox rollouts list --active --format json");
        verb.Add(Application);
        verb.Add(Env);
        verb.Add(Active);
        verb.Add(Limit);
        return verb.Asks(ListAsync);
    }

    private static Verb Show()
    {
        var verb = new Verb("show", "Show one rollout: where it stands, why, and the last log lines where an instance failed.",
            "signalbox rollouts show shop-production-3");
        verb.Add(Id);
        return verb.Asks(ShowAsync);
    }

    private static async Task<int> ListAsync(Session session)
    {
        using var client = session.Connect();
        var query = new RolloutQuery(session.Get(Application), session.Get(Env), session.Get(Active) ? true : null, session.Get(Limit));
        var rollouts = await client.RolloutsAsync(query, session.Cancel).ConfigureAwait(false);
        if (session.Json)
        {
            session.WriteJson(rollouts, ApiJson.Default.IReadOnlyListRolloutView);
            return ExitCode.Yes;
        }
        if (rollouts.Count == 0) session.Out.WriteLine("no rollouts");
        foreach (var rollout in rollouts) session.Out.WriteLine(RolloutText.Row(rollout, session.Paint));
        return ExitCode.Yes;
    }

    private static async Task<int> ShowAsync(Session session)
    {
        using var client = session.Connect();
        var rollout = await ActiveRollout.NamedAsync(client, session.Get(Id)!, session.Cancel).ConfigureAwait(false);
        if (session.Json) session.WriteJson(rollout, ApiJson.Default.RolloutView);
        else Write(session, rollout);
        return ExitCode.Yes;
    }

    private static void Write(Session session, RolloutView rollout)
    {
        session.Out.WriteLine(RolloutText.Headline(rollout, session.Paint));
        session.Out.WriteLine($"  {rollout.Kind.ToLowerInvariant()} to {rollout.Track} by {rollout.Principal}, started {rollout.StartedAt.ToLocalTime():yyyy-MM-dd HH:mm:ss}");
        if (rollout.EndedAt is { } ended)
            session.Out.WriteLine($"  ended {ended.ToLocalTime():yyyy-MM-dd HH:mm:ss}, after {RolloutText.Span(ended - rollout.StartedAt)}");
        if (rollout.Decision is { } decision)
            session.Out.WriteLine($"  {JudgeText.Line(decision, session.Paint)}\n  canary {decision.CanaryBad} bad of {decision.CanaryRequests}, stable {decision.StableBad} bad of {decision.StableRequests}, tick log {decision.TickLogDigest}");
        foreach (var line in LogTailText.Lines(rollout.LogTail)) session.Out.WriteLine(line);
        if (RolloutText.NextStep(rollout) is { } next) session.Out.WriteLine(next);
    }
}
