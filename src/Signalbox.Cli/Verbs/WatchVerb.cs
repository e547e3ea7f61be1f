using System.CommandLine;
using Signalbox.Cli.Terminal;

namespace Signalbox.Cli.Verbs;

/// <summary><c>watch</c>, and <c>rollouts watch</c>, which says the same.</summary>
internal static class WatchVerb
{
    private static readonly Argument<string?> Id = new("ROLLOUT")
    {
        Description = "the rollout's id; the one that runs where it is left out",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Create()
    {
        var verb = new Verb("watch", "Follow a rollout to its end: live on a terminal, plain lines in a pipe. Ctrl-C leaves the rollout running.",
            "signalbox watch", "signalbox watch shop-production-3 | tee rollout.log");
        verb.Add(Id);
        return verb.Asks(RunAsync);
    }

    private static async Task<int> RunAsync(Session session)
    {
        using var client = session.Connect();
        var rollout = await ActiveRollout.FindAsync(client, session.Get(Id), session.Cancel).ConfigureAwait(false);
        var last = await new RolloutFollower(client, session).FollowAsync(rollout, session.Cancel).ConfigureAwait(false);
        return last is null ? ExitCode.Interrupted : RolloutText.Succeeded(last) ? ExitCode.Yes : ExitCode.No;
    }
}
