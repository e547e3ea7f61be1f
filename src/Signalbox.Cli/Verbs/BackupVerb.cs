using System.CommandLine;
using System.Globalization;
using Signalbox.Cli.Backups;

namespace Signalbox.Cli.Verbs;

internal static class BackupVerb
{
    private static readonly Option<string?> To = new("--to") { Description = "the directory to make (default: signalbox-backup-DATE-TIME in the current one)", HelpName = "DIR" };

    public static Command Create()
    {
        var verb = new Verb("backup", "Copy the state directory while it is in use: ledger, keys, evidence and artifacts, each with its digest. The copy's ledger is verified before it gets its name.",
            "signalbox backup", "signalbox backup --to /backup/signalbox-monday");
        verb.Add(To);
        return verb.Does(RunAsync);
    }

    private static async Task<int> RunAsync(Session session)
    {
        var to = session.Get(To) ?? $"signalbox-backup-{TimeProvider.System.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}";
        var (manifest, took) = await Task.Run(() => Backup.Make(session.State, to, TimeProvider.System, session.Error.WriteLine, session.Cancel), session.Cancel).ConfigureAwait(false);
        var view = new BackupView(Path.GetFullPath(to), manifest.Head, manifest.MadeAt, manifest.Files.Count, manifest.Size, took.TotalSeconds);
        if (session.Json) session.WriteJson(view, BackupJson.Default.BackupView);
        else session.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{view.Path}: {view.Files} files, {view.Bytes:N0} bytes, in {view.Seconds:0.0} s\nhead {view.Head}\nit holds this installation's keys: keep it as you keep them\nnext: signalbox restore {view.Path} --check"));
        return ExitCode.Yes;
    }
}
