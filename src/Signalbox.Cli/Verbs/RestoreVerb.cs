using System.CommandLine;
using System.Globalization;
using Signalbox.Cli.Backups;

namespace Signalbox.Cli.Verbs;

internal static class RestoreVerb
{
    private static readonly Argument<string> From = new("BACKUP") { Description = "the directory that `backup` made" };
    private static readonly Option<string?> Head = new("--head") { Description = "a head that was printed before; the backup must contain it", HelpName = "SEQ:HASH" };
    private static readonly Option<bool> Force = new("--force") { Description = "take it although it is broken, of another ledger, or older than what is there" };
    private static readonly Option<bool> Check = new("--check") { Description = "only say whether it is whole, how old, and would be taken; change nothing" };

    public static Command Create()
    {
        var verb = new Verb("restore", "Put a backup in the place of the state directory, once every file and every hash of its ledger is right. What was there is kept beside. Nothing may run on it.",
            "signalbox restore signalbox-backup-20261127-120000 --check", "signalbox restore /backup/signalbox-monday --state /var/lib/signalbox");
        verb.Add(From);
        verb.Add(Head);
        verb.Add(Force);
        verb.Add(Check);
        return verb.Does(RunAsync);
    }

    private static async Task<int> RunAsync(Session session)
    {
        var options = new RestoreOptions(session.Get(Head) is { } text ? LedgerVerb.ParseHead(text) : null, session.Get(Force), session.Get(Check));
        var view = await new Restore(session.State, session.Get(From)!, options, TimeProvider.System, session.Error.WriteLine).RunAsync(session.Cancel).ConfigureAwait(false);
        if (session.Json) session.WriteJson(view, BackupJson.Default.RestoreView);
        else Say(session, view);
        return view.Refused is null ? ExitCode.Yes : ExitCode.No;
    }

    /// <summary>A token that was revoked after the backup is good again by it: whoever restores has to know which are.</summary>
    private static void SayTokens(Session session, RestoreView view)
    {
        if (view.Revoked > 0) session.Out.WriteLine($"{(view.Checked ? "to be taken over" : "taken over")}, since they came after it: {view.Revoked} revoked {(view.Revoked == 1 ? "token" : "tokens")}");
        if (view.Tokens.Count == 0) return;
        session.Out.WriteLine("tokens that are good by it; revoke what was revoked since: signalbox token revoke ID");
        foreach (var token in view.Tokens)
            session.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {token.Id}  {token.Principal} ({string.Join(", ", token.Scopes)}) until {token.ExpiresAt.UtcDateTime:yyyy-MM-dd}"));
    }

    private static void Say(Session session, RestoreView view)
    {
        session.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(view.Checked ? "whole" : $"restored into {view.State}")}, as of {view.MadeAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, in {view.Seconds:0.0} s\nhead {view.Head}"));
        if (view.Lost > 0) session.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{view.Lost:N0} entries of the ledger that is there are not in it"));
        foreach (var missing in view.LeftOut) session.Out.WriteLine($"left out, since it is not what was written: {missing}");
        SayTokens(session, view);
        if (view.Refused is { } refused) session.Out.WriteLine($"it would be refused: {refused}; --force takes it all the same");
        if (!view.Checked) session.Out.WriteLine($"next: signalbox up --as-it-was --state {view.State}");
    }
}
