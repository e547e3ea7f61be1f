using System.CommandLine;
using Signalbox.Cli.Terminal;
using Signalbox.Diagnostics;
using Signalbox.Ledger;
using Signalbox.Storage;

namespace Signalbox.Cli.Verbs;

/// <summary>Reads the state directory itself, so that it also works where nothing runs, or on a copy.</summary>
internal static class LedgerVerb
{
    private static readonly Option<string?> Head = new("--head")
    {
        Description = "a head that was printed before; the ledger must still contain it",
        HelpName = "SEQ:HASH",
    };

    public static Command Create() => Verb.Group("ledger", "Prove that the ledger is what was written.", Verify());

    private static Verb Verify()
    {
        var verb = new Verb("verify", "Recompute every hash from the first entry, check signed checkpoints, and the head you kept. Needs no running control plane.",
            "signalbox ledger verify", "signalbox ledger verify --state /backup/signalbox");
        verb.Add(Head);
        return verb.Does(session => Task.FromResult(Run(session)));
    }

    private static int Run(Session session)
    {
        var expected = session.Get(Head) is { } text ? ParseHead(text) : null;
        using var store = Open(session.State.Join("ledger.db"));
        using var key = ReadKey(session.State.Join("ledger.key"));
        var verification = LedgerVerifier.Verify(store, expected, store.ReadCheckpoints(), key);
        if (verification.ToFinding() is { } finding)
        {
            FindingWriter.Write([finding], session.Format, session.Out, session.Error);
            return ExitCode.No;
        }
        if (session.Json) session.WriteJson(new LedgerView(true, verification.Head.ToString(), verification.Checkpoints), CliJson.Default.LedgerView);
        else session.Out.WriteLine($"the ledger is whole: {Count(verification.Head.Sequence, "entry", "entries")}, {Count(verification.Checkpoints, "checkpoint", "checkpoints")}\nhead {verification.Head}");
        return ExitCode.Yes;
    }

    private static SqliteLedgerStore Open(string path) => File.Exists(path)
        ? SqliteLedgerStore.OpenReadOnly(path)
        : throw new SignalboxException(ExitCode.Undecided, Finding.Error(
            "ledger-missing", $"there is no ledger at {path}; expected one that `up` or `serve` made", new("command line"), "signalbox ledger verify --state DIR"));

    private static LedgerKey? ReadKey(string path)
    {
        try
        {
            return File.Exists(path) ? LedgerKey.FromPem(File.ReadAllText(path)) : null;
        }
        catch (ArgumentException)
        {
            throw new SignalboxException(ExitCode.Undecided, Finding.Error(
                "ledger-key-damaged", $"{path} holds no ECDSA P-256 key in PEM, so no signature can be checked", new("command line"), $"cp BACKUP/ledger.key {path}"));
        }
    }

    internal static LedgerHead ParseHead(string text) => LedgerHead.TryParse(text, out var head)
        ? head
        : throw new SignalboxException(ExitCode.Usage, Finding.Error(
            "ledger-head", $"'{text}' is not a ledger's head; expected SEQUENCE:HASH as `signalbox ledger verify` prints it", new("command line"), "signalbox ledger verify"));

    private static string Count(long number, string one, string many) => $"{number} {(number == 1 ? one : many)}";
}
