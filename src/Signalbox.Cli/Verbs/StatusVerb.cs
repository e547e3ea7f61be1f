using System.CommandLine;
using Signalbox.Api;
using Signalbox.Cli.Terminal;

namespace Signalbox.Cli.Verbs;

internal static class StatusVerb
{
    public static Command Create() => new Verb(
        "status", "Show what serves where, and the rollout that runs.",
        "signalbox status",
        "signalbox status --format json").Asks(RunAsync);

    internal static async Task<int> RunAsync(Session session)
    {
        using var client = session.Connect();
        var status = await client.StatusAsync(session.Cancel).ConfigureAwait(false);
        if (session.Json) session.WriteJson(status, ApiJson.Default.StatusView);
        else Write(session, client.Address, status);
        return status.HostConnected ? ExitCode.Yes : ExitCode.Undecided;
    }

    private static void Write(Session session, Uri address, StatusView status)
    {
        var paint = session.Paint;
        session.Out.WriteLine($"signalbox {status.Version} at {address.ToString().TrimEnd('/')}, ledger {Shorten(status.LedgerHead)}");
        if (!status.HostConnected) session.Out.WriteLine(paint.Bad($"host not connected: {status.HostProblem}"));
        foreach (var warning in status.Warnings) session.Out.WriteLine(paint.Warn($"warning: {warning}"));
        if (status.Tracks.Count == 0) session.Out.WriteLine("nothing has gone out yet: signalbox up");
        foreach (var track in status.Tracks) session.Out.Write(TrackText.Render(track, paint));
        foreach (var path in status.Paths)
            foreach (var promotion in path.Promotions.Where(promotion => !status.Tracks.Any(track => track.Application == path.Application && track.Environment == promotion.Environment)))
                session.Out.Write(TrackText.RenderEmpty(path.Application, promotion, paint));
    }

    /// <summary>The whole head stands in the JSON; twelve digits are enough for the eye.</summary>
    private static string Shorten(string head)
    {
        var colon = head.IndexOf(':');
        return colon > 0 && head.Length > colon + 13 ? head[..(colon + 13)] : head;
    }
}
