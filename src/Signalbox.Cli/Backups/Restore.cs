using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Diagnostics;
using Signalbox.Host;
using Signalbox.Host.Artifacts;
using Signalbox.Host.Supervision;
using Signalbox.Ledger;
using Signalbox.Server.Access;
using Signalbox.Storage;

namespace Signalbox.Cli.Backups;

/// <param name="Head">A head that was printed before: the backup's ledger must contain it.</param>
/// <param name="Force">Takes a copy that is broken or older than what is known.</param>
/// <param name="CheckOnly">Says what would be, and changes nothing.</param>
internal sealed record RestoreOptions(LedgerHead? Head, bool Force, bool CheckOnly);

/// <summary>Puts a backup in the place of a state directory. What was there before is kept beside it.</summary>
internal sealed class Restore(Installation state, string backup, RestoreOptions options, TimeProvider time, Action<string> say)
{
    private readonly string _backup = Path.GetFullPath(backup);

    /// <summary>Paths of the backup that are not what was written; empty but where it is forced.</summary>
    private readonly HashSet<string> _damaged = new(StringComparer.Ordinal);

    private string? _refused;

    /// <summary>What the ledger that is there knows beyond the backup's.</summary>
    /// <param name="Lost">How many entries.</param>
    private sealed record Known(long Lost, IReadOnlyList<LedgerEntry> Revocations)
    {
        public static Known Nothing { get; } = new(0, []);
    }

    /// <exception cref="SignalboxException">The backup is broken or older than what is known, or the state directory is in use.</exception>
    public async Task<RestoreView> RunAsync(CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        var manifest = BackupManifest.Read(_backup);
        CheckFiles(manifest);
        var head = CheckLedger(manifest);
        var known = CheckAge(head);
        var artifacts = manifest.Files.Where(file => BackupFiles.IsArtifact(file.Path) && !_damaged.Contains(file.Path)).ToList();
        RestoreView View(string? kept) => new(
            state.Path, head.ToString(), manifest.MadeAt, known.Lost, kept, artifacts.Count, [.. _damaged.Where(BackupFiles.IsLeftOutDamaged).Order(StringComparer.Ordinal)],
            TokensInForce(known), known.Revocations.Count, time.GetElapsedTime(began).TotalSeconds, options.CheckOnly, _refused);
        if (options.CheckOnly) return View(null);
        using var replacement = new StateReplacement(state, time);
        CopyFiles(manifest, replacement.Beside);
        await UnpackAsync(artifacts, replacement.Beside, cancel).ConfigureAwait(false);
        Record(replacement.Beside, head, manifest, known);
        return View(replacement.Swap(kept => say($"what was there is in {kept}")));
    }

    private IReadOnlyList<TokenView> TokensInForce(Known known)
    {
        using var copy = SqliteLedgerStore.OpenReadOnly(Path.Combine(_backup, BackupFiles.Ledger));
        return TokenHistory.InForce(copy, known.Revocations, time);
    }

    private void CheckFiles(BackupManifest manifest)
    {
        if (!manifest.Files.Any(file => file.Path == BackupFiles.Ledger)) throw BackupManifest.Broken(_backup, $"{BackupManifest.Name} names no {BackupFiles.Ledger}");
        // SQLite would read them into the ledger, and no digest speaks of them
        foreach (var beside in (string[])["-wal", "-shm", "-journal"])
            if (File.Exists(Path.Combine(_backup, BackupFiles.Ledger + beside))) throw BackupManifest.Broken(_backup, $"{BackupFiles.Ledger}{beside} lies beside {BackupFiles.Ledger}");
        foreach (var file in manifest.Files)
        {
            if (!BackupFiles.IsOurs(file.Path)) throw BackupManifest.Broken(_backup, $"{BackupManifest.Name} names '{Short(file.Path)}', which no backup has");
            if (Problem(file) is not { } problem) continue;
            if (!options.Force) throw BackupManifest.Broken(_backup, problem);
            _damaged.Add(file.Path);
            say($"warning: {problem}{(BackupFiles.IsLeftOutDamaged(file.Path) ? "; it is left out" : "")}");
        }
    }

    private string? Problem(BackupFile file)
    {
        var info = new FileInfo(Path.Combine(_backup, file.Path));
        if (!info.Exists) return $"{file.Path} is missing";
        if (info.LinkTarget is not null) return $"{file.Path} is a link";
        if (info.Length != file.Size) return $"{file.Path} has {info.Length:N0} bytes; expected {file.Size:N0}";
        return BackupFiles.Of(_backup, file.Path).Sha256 == file.Sha256 ? null : $"{file.Path} was altered";
    }

    /// <summary>Every hash from the first entry, the signed checkpoints, the head that the manifest names, and the one that was kept outside.</summary>
    private LedgerHead CheckLedger(BackupManifest manifest)
    {
        using var copy = SqliteLedgerStore.OpenReadOnly(Path.Combine(_backup, BackupFiles.Ledger));
        using var key = ReadKey();
        var expected = options.Head ?? (LedgerHead.TryParse(manifest.Head, out var named) ? named : throw BackupManifest.Broken(_backup, $"{BackupManifest.Name} names no head"));
        var verification = LedgerVerifier.Verify(copy, expected, copy.ReadCheckpoints(), key);
        if (verification.ToFinding() is not { } finding) return verification.Head;
        if (!options.Force) throw new SignalboxException(ExitCode.No, finding with { Help = $"signalbox restore {_backup} --force   # or take a later or whole backup" });
        say($"warning: {finding.Message}");
        return verification.Head;
    }

    private LedgerKey? ReadKey()
    {
        var path = Path.Combine(_backup, BackupFiles.Key);
        try
        {
            return File.Exists(path) ? LedgerKey.FromPem(File.ReadAllText(path)) : null;
        }
        catch (ArgumentException)
        {
            throw BackupManifest.Broken(_backup, $"{BackupFiles.Key} holds no ECDSA P-256 key");
        }
    }

    private Known CheckAge(LedgerHead head)
    {
        if (!state.HasLedger) return Known.Nothing;
        try
        {
            using var known = SqliteLedgerStore.OpenReadOnly(state.Join(BackupFiles.Ledger));
            if (Fork(known) is { } fork)
            {
                Refuse("backup-of-another", $"the ledger in {state.Path} is another one: entry {fork.Sequence} has the hash {fork.Hash[..12]}… there; all of its {known.Head.Sequence:N0} entries would be lost");
                return new(known.Head.Sequence, []);
            }
            var lost = Math.Max(0, known.Head.Sequence - head.Sequence);
            if (lost > 0) Refuse("backup-older-than-known", $"the ledger in {state.Path} has {lost:N0} entries more than the backup, up to {known.Head.Sequence:N0}; they would be lost");
            return new(lost, TokenHistory.RevocationsAfter(known, head.Sequence));
        }
        catch (IOException e)
        {
            say($"warning: the ledger that is there cannot be read, so how much newer it is is not known, nor which tokens were revoked since: {e.Message}");
            return Known.Nothing;
        }
    }

    /// <returns>The last entry that both ledgers could have, where it is not the same one.</returns>
    private LedgerEntry? Fork(SqliteLedgerStore known)
    {
        using var copy = SqliteLedgerStore.OpenReadOnly(Path.Combine(_backup, BackupFiles.Ledger));
        var last = Math.Min(known.Head.Sequence, copy.Head.Sequence);
        return last > 0 && known.Read(last - 1, 1) is [var there] && copy.Read(last - 1, 1) is [var here] && there.Hash != here.Hash ? there : null;
    }

    private void Refuse(string id, string message)
    {
        if (options.Force) return;
        if (!options.CheckOnly) throw new SignalboxException(ExitCode.No, Finding.Error(id, message, new(_backup), $"signalbox restore {_backup} --force   # what is there is kept beside"));
        _refused = $"{id}: {message}";
    }

    private void CopyFiles(BackupManifest manifest, Installation beside)
    {
        foreach (var file in manifest.Files.Where(file => !BackupFiles.IsArtifact(file.Path) && !(_damaged.Contains(file.Path) && BackupFiles.IsLeftOutDamaged(file.Path))))
            if (Path.Combine(_backup, file.Path) is var from && File.Exists(from)) BackupFiles.Copy(from, beside.Join(file.Path));
    }

    /// <summary>Where workloads have users of their own, artifacts lie outside of the state directory, each by its digest: then they are the only thing that is there before the swap.</summary>
    private async Task UnpackAsync(IReadOnlyList<BackupFile> artifacts, Installation beside, CancellationToken cancel)
    {
        var store = new ArtifactStore(new SupervisionPaths(beside.Path, SupervisionPaths.SharedWorkloadsOf(state.Path)).Artifacts, HostArtifacts.UnpackAsync, () => []);
        foreach (var artifact in artifacts)
        {
            await using var tar = File.OpenRead(Path.Combine(_backup, artifact.Path));
            await store.PutAsync(BackupFiles.DigestOf(artifact), tar, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The restored ledger says itself that it was: a gap in what it tells has a reason then. What was revoked since stays so.</summary>
    private void Record(Installation beside, LedgerHead head, BackupManifest manifest, Known known)
    {
        var fact = new JsonObject { ["head"] = head.ToString(), ["madeAt"] = manifest.MadeAt, ["lost"] = known.Lost, ["forced"] = options.Force };
        using var ledger = SqliteLedgerStore.Open(beside.Join(BackupFiles.Ledger), time);
        ledger.Append(ledger.Head,
        [
            new("signalbox", "installation.restored/1", new($"local:{Environment.UserName}"), Encoding.UTF8.GetBytes(fact.ToJsonString())),
            .. known.Revocations.Select(revoked => new NewEntry(revoked.Stream, revoked.Type, revoked.Principal, revoked.Data)),
        ]);
    }

    private static string Short(string path) => path.Length > 80 ? path[..80] : path;
}
