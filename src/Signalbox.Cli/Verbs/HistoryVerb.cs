using System.CommandLine;
using Signalbox.Api;
using Signalbox.Cli.Terminal;

namespace Signalbox.Cli.Verbs;

internal static class HistoryVerb
{
    private static readonly Option<string?> Application = new("--app") { Description = "only this application", HelpName = "NAME" };
    private static readonly Option<string?> Env = new("--env") { Description = "only this environment", HelpName = "NAME" };
    private static readonly Option<int> Limit = new("--limit") { Description = "at most this many, the newest", HelpName = "N", DefaultValueFactory = _ => 50 };

    public static Command Create()
    {
        var verb = new Verb("history", "Show what happened, who did it and when, from the ledger.",
            "signalbox history", "signalbox history --app shop --env production --limit 10");
        verb.Add(Application);
        verb.Add(Env);
        verb.Add(Limit);
        return verb.Asks(RunAsync);
    }

    private static async Task<int> RunAsync(Session session)
    {
        using var client = session.Connect();
        var entries = await client.HistoryAsync(session.Get(Application), session.Get(Env), session.Get(Limit), session.Cancel).ConfigureAwait(false);
        if (session.Json)
        {
            session.WriteJson(entries, ApiJson.Default.IReadOnlyListHistoryEntry);
            return ExitCode.Yes;
        }
        foreach (var line in HistoryText.Lines(entries)) session.Out.WriteLine(line);
        return ExitCode.Yes;
    }
}
