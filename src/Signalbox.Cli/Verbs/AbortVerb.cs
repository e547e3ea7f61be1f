using System.CommandLine;
using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;

namespace Signalbox.Cli.Verbs;

/// <summary>Aborts through the control plane; where that is down or does not answer in time, straight at the host: the effect comes first.</summary>
internal static class AbortVerb
{
    /// <summary>A control plane that can, answers an abort within milliseconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly Argument<string?> Id = RolloutCommandVerb.RolloutArgument();
    private static readonly Option<string?> Reason = RolloutCommandVerb.ReasonOption();

    public static Command Create()
    {
        var verb = new Verb("abort", "Take a rollout back: all traffic to stable at once. Works while the control plane is down, too.",
            "signalbox abort", "signalbox abort shop-production-3 --reason \"orders fail\"");
        verb.Add(Id);
        verb.Add(Reason);
        return verb.Asks(RunAsync);
    }

    private static async Task<int> RunAsync(Session session)
    {
        // no host of this machine has anything of it
        if (session.IsElsewhere) return await RolloutCommandVerb.RunAsync(session, "abort", session.Get(Id), session.Get(Reason)).ConfigureAwait(false);
        using var client = ControlPlaneClient.TryConnect(session.State);
        if (client is null) return await AtTheHostAsync(session).ConfigureAwait(false);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(session.Cancel);
        patience.CancelAfter(Patience);
        try
        {
            var rollout = await RolloutCommandVerb.SendAsync(client, "abort", session.Get(Id), session.Get(Reason), patience.Token).ConfigureAwait(false);
            RolloutCommandVerb.Write(session, rollout);
            return ExitCode.Yes;
        }
        catch (Exception e) when (ControlPlaneErrors.IsAway(e) || (e is OperationCanceledException && !session.Cancel.IsCancellationRequested))
        {
            return await AtTheHostAsync(session).ConfigureAwait(false);
        }
    }

    private static async Task<int> AtTheHostAsync(Session session)
    {
        using var host = HostConnection.Open(session.State);
        var (fell, message) = await HostFall.RunAsync(host, session.State, session.Get(Id), session.Get(Reason) ?? "aborted while the control plane did not answer", session.Cancel).ConfigureAwait(false);
        if (session.Json) session.WriteJson(new DoneView(fell, message), CliJson.Default.DoneView);
        else session.Out.WriteLine(message);
        return fell ? ExitCode.Yes : ExitCode.No;
    }
}
