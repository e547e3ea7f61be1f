using System.CommandLine;
using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;

namespace Signalbox.Cli.Verbs;

/// <summary>What <c>advance</c>, <c>pause</c> and <c>resume</c> share: a rollout, a reason, one request.</summary>
internal static class RolloutCommandVerb
{
    public static Argument<string?> RolloutArgument() => new("ROLLOUT")
    {
        Description = "the rollout's id; the one that runs where it is left out",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Option<string?> ReasonOption() => new("--reason") { Description = "why, for the ledger", HelpName = "TEXT" };

    public static Command Create(string name, string description, params string[] examples)
    {
        var (id, reason) = (RolloutArgument(), ReasonOption());
        var verb = new Verb(name, description, examples);
        verb.Add(id);
        verb.Add(reason);
        return verb.Asks(session => RunAsync(session, name, session.Get(id), session.Get(reason)));
    }

    public static async Task<int> RunAsync(Session session, string command, string? id, string? reason)
    {
        using var client = session.Connect();
        var rollout = await SendAsync(client, command, id, reason, session.Cancel).ConfigureAwait(false);
        Write(session, rollout);
        return ExitCode.Yes;
    }

    public static async Task<RolloutView> SendAsync(ControlPlaneClient client, string command, string? id, string? reason, CancellationToken cancel)
    {
        var rollout = await ActiveRollout.FindAsync(client, id, cancel).ConfigureAwait(false);
        return await client.CommandAsync(rollout.Id, command, reason, cancel).ConfigureAwait(false);
    }

    public static void Write(Session session, RolloutView rollout)
    {
        if (session.Json) session.WriteJson(rollout, ApiJson.Default.RolloutView);
        else session.Out.WriteLine(RolloutText.Headline(rollout, session.Paint));
    }
}
