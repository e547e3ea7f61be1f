using System.CommandLine;
using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;

namespace Signalbox.Cli.Verbs;

/// <summary>Keeps the data unless told otherwise: the ledger is the record of what was done, and no word should lose it by default.</summary>
internal static class DownVerb
{
    private static readonly Option<bool> KeepData = new("--keep-data") { Description = "keep ledger, artifacts and logs: the default, said aloud" };
    private static readonly Option<bool> DeleteData = new("--delete-data") { Description = "delete the state directory with ledger, artifacts and logs" };

    public static Command Create()
    {
        var verb = new Verb("down", "Stop the control plane, the host and every workload. `up` brings the same releases back.",
            "signalbox down", "signalbox down --delete-data --state /tmp/trial");
        verb.Add(KeepData);
        verb.Add(DeleteData);
        verb.Validators.Add(result =>
        {
            if (result.GetValue(KeepData) && result.GetValue(DeleteData)) result.AddError("--keep-data and --delete-data exclude each other");
        });
        return verb.Does(RunAsync);
    }

    private static async Task<int> RunAsync(Session session)
    {
        var stopping = Shutdown.RunAsync(session.State);
        await Progress.ShowAsync(session, stopping, () => "waiting for workloads to end").ConfigureAwait(false);
        var message = await stopping.ConfigureAwait(false) switch
        {
            0 => "nothing was running",
            1 => "stopped 1 process",
            var count => $"stopped {count} processes",
        };
        if (session.Get(DeleteData) && session.State.Exists)
        {
            session.State.Delete();
            message += $" and deleted {session.State.Path}";
        }
        if (session.Json) session.WriteJson(new DoneView(true, message), CliJson.Default.DoneView);
        else session.Out.WriteLine(message);
        return ExitCode.Yes;
    }
}
