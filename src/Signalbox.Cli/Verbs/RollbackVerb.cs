using System.CommandLine;
using Signalbox.Cli.Terminal;

namespace Signalbox.Cli.Verbs;

internal static class RollbackVerb
{
    private static readonly Option<string?> To = new("--to") { Description = "the release to go back to; the one before where it is left out", HelpName = "RELEASE" };
    private static readonly Option<string?> Application = new("--app") { Description = "of this application, where there are several", HelpName = "NAME" };
    private static readonly Option<string?> Env = new("--env") { Description = "in this environment, where there are several", HelpName = "NAME" };
    private static readonly Option<string?> Reason = RolloutCommandVerb.ReasonOption();
    private static readonly Option<bool> NoWait = new("--no-wait") { Description = "return once it has begun" };

    public static Command Create()
    {
        var verb = new Verb("rollback", "Go back to an earlier release, code and configuration together. A rollout that runs is aborted instead.",
            "signalbox rollback", "signalbox rollback --to shop-4 --env production --reason \"prices were wrong\"");
        verb.Add(To);
        verb.Add(Application);
        verb.Add(Env);
        verb.Add(Reason);
        verb.Add(NoWait);
        return verb.Asks(RunAsync);
    }

    private static async Task<int> RunAsync(Session session)
    {
        using var client = session.Connect();
        var track = await TrackChoice.FindAsync(client, "rollback", session.Get(Application), session.Get(Env), session.Cancel).ConfigureAwait(false);
        var begun = await client.RollbackAsync(track.Application, track.Environment, new(session.Get(To), session.Get(Reason)), session.Cancel).ConfigureAwait(false);
        if (!session.Json && begun.GoesBackTo is { } release) session.Out.WriteLine($"{track.Application}/{track.Environment} goes back to {release}");
        if (session.Get(NoWait))
        {
            RolloutCommandVerb.Write(session, begun);
            return ExitCode.Yes;
        }
        var end = await new RolloutFollower(client, session).FollowAsync(begun, session.Cancel).ConfigureAwait(false);
        if (end is null) return ExitCode.Interrupted;
        if (session.Json) RolloutCommandVerb.Write(session, end);
        // an aborted rollout that was taken back is what was asked for
        return RolloutText.Succeeded(end) || end.Phase == "RolledBack" && (begun.Kind != "Rollback" || begun.Phase is "Aborting" or "RolledBack") ? ExitCode.Yes : ExitCode.No;
    }
}
