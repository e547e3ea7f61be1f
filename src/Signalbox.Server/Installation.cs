using System.Globalization;
using Signalbox.Api;
using Signalbox.Dora;
using Signalbox.Ledger;
using Signalbox.Server.Access;
using Signalbox.Storage;

namespace Signalbox.Server;

/// <summary>The state directory, taken: its lock, key, ledger and tokens.</summary>
internal sealed class Installation : IDisposable
{
    private readonly ServeOptions _options;
    private readonly StateDirectoryLock _lock;
    private readonly Lock _checkpointing = new();
    private bool _disposed;

    private Installation(ServeOptions options, StateDirectory state, StateDirectoryLock held, ControlPlaneFile self)
    {
        (_options, State, _lock, Self) = (options, state, held, self);
        Key = state.LoadOrCreateKey();
        Store = SqliteLedgerStore.Open(state.LedgerPath, options.Time);
        Feed = new(Store);
        Tokens = new(options.Time);
        Desk = GateDesk.Open(state, Store);
        Dora.Replay(Store);
    }

    public StateDirectory State { get; }

    public LedgerKey Key { get; }

    public SqliteLedgerStore Store { get; }

    public LedgerFeed Feed { get; }

    public TokenRegistry Tokens { get; }

    public GateDesk Desk { get; }

    public DoraBook Dora { get; } = new();

    public ControlPlaneFile Self { get; private set; }

    public static Installation Open(ServeOptions options)
    {
        var state = StateDirectory.Open(options.StateDirectory);
        var self = new ControlPlaneFile("", Environment.ProcessId, ProcessStart(), options.Time.GetUtcNow());
        var held = StateDirectoryLock.Acquire(state, self);
        try
        {
            var installation = new Installation(options, state, held, self);
            installation.Tokens.Replay(installation.Store);
            installation.MakeAdminToken();
            return installation;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>An entry is in the ledger.</summary>
    public void Took(LedgerEntry entry)
    {
        Tokens.Apply(entry);
        Desk.Apply(entry);
        Dora.Apply(entry);
    }

    /// <summary>Says where we are, once we listen.</summary>
    public void Announce(string address)
    {
        Self = Self with { Address = address };
        _lock.Announce(Self);
        StateDirectory.WriteSecret(State.ControlPath, System.Text.Json.JsonSerializer.Serialize(Self, ApiJson.Default.ControlPlaneFile));
    }

    /// <summary>Signs the head where it has moved since the last checkpoint.</summary>
    public void Checkpoint()
    {
        lock (_checkpointing)
        {
            var head = Store.Head;
            if (head.Sequence > 0 && Store.LastCheckpoint()?.Head != head)
                Store.Add(Key.Sign(head, _options.Time.GetUtcNow()));
        }
    }

    /// <summary>A token for the state directory's owner where there is none, or its end is near.</summary>
    public async Task RenewAdminTokenAsync(Func<IReadOnlyList<NewEntry>, CancellationToken, Task<IReadOnlyList<LedgerEntry>>> record, CancellationToken cancel)
    {
        if (!AdminToken.IsDue(State, Tokens, _options.Time)) return;
        var fact = AdminToken.Make(_options.Time, out var token);
        foreach (var entry in await record([fact], cancel).ConfigureAwait(false)) Tokens.Apply(entry);
        StateDirectory.WriteSecret(State.TokenPath, token + "\n");
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        if (File.Exists(State.ControlPath)) File.Delete(State.ControlPath);
        Store.Dispose();
        Key.Dispose();
        _lock.Dispose();
    }

    /// <summary>Before the engine reads the ledger: from then on it is the one writer.</summary>
    private void MakeAdminToken()
    {
        if (!AdminToken.IsDue(State, Tokens, _options.Time)) return;
        var fact = AdminToken.Make(_options.Time, out var token);
        foreach (var entry in Feed.Append(Feed.Head, [fact])) Tokens.Apply(entry);
        StateDirectory.WriteSecret(State.TokenPath, token + "\n");
    }

    private static long ProcessStart()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        // the command's name is in brackets and may hold anything; field 3 follows it
        return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19], CultureInfo.InvariantCulture);
    }
}
