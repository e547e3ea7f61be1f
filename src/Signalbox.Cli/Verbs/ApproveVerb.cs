using System.CommandLine;
using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Delivery.Policies;

namespace Signalbox.Cli.Verbs;

internal static class ApproveVerb
{
    private static readonly Argument<string> Release = new("RELEASE") { Description = "the release" };
    private static readonly Option<string> Env = new("--env") { Description = "the environment it may go into", HelpName = "NAME", Required = true };
    private static readonly Option<string?> Comment = new("--comment") { Description = "what you looked at", HelpName = "TEXT" };
    private static readonly Option<string?> Override = new Option<string?>("--override") { Description = "in place of approving it, let it through a freeze window, or past an environment that it has not succeeded in; needs a comment", HelpName = "freeze|promotion" }.AcceptOnlyFromAmong([.. GateTable.Overridable]);
    private static readonly Option<int> Hours = new Option<int>("--hours") { Description = "how long an override holds", HelpName = "N", DefaultValueFactory = _ => 4 }.Within(1, 168);

    public static Command Create()
    {
        var verb = new Verb("approve", "Approve a release for an environment. It holds for this content in this configuration, and does not count where you submit or made the release yourself.",
            "signalbox approve shop-2 --env production --comment 'read the diff'", "signalbox approve shop-2 --env production --override freeze --comment 'the outage'");
        verb.Add(Release);
        verb.Add(Env);
        verb.Add(Comment);
        verb.Add(Override);
        verb.Add(Hours);
        return verb.Asks(RunAsync);
    }

    private static async Task<int> RunAsync(Session session)
    {
        var given = session.Get(Override);
        var request = new Approve(session.Get(Release)!, session.Get(Env)!, session.Get(Comment), given, given is null ? null : TimeSpan.FromHours(session.Get(Hours)));
        using var client = session.Connect();
        var view = await client.ApproveAsync(request, session.Cancel).ConfigureAwait(false);
        if (session.Json) session.WriteJson(view, ApiJson.Default.EvidenceView);
        else session.Out.WriteLine($"{view.By} {(given is null ? "approves" : "lets through")} {request.Release} for {request.Environment} ({view.Id[7..19]})\nnext: signalbox deploy --release {request.Release} --env {request.Environment}    by whoever submits it");
        return ExitCode.Yes;
    }
}
