using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Cli.Control;
using Signalbox.Diagnostics;
using Signalbox.Host;
using Signalbox.Host.Artifacts;
using Signalbox.Host.Supervision;
using Signalbox.Ledger;
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

    /// <exception cref="SignalboxException">The backup is broken or older than what is known, or the state directory is in use.</exception>
    public async Task<RestoreView> RunAsync(CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        var manifest = BackupManifest.Read(_backup);
        CheckFiles(manifest);
        var head = CheckLedger(manifest);
        var lost = CheckAge(head);
        var artifacts = manifest.Files.Where(file => file.Path.StartsWith(BackupFiles.Artifacts + "/", StringComparison.Ordinal)).ToList();
        RestoreView View(string? kept) => new(state.Path, head.ToString(), manifest.MadeAt, lost, kept, artifacts.Count, time.GetElapsedTime(began).TotalSeconds, options.CheckOnly);
        if (options.CheckOnly) return View(null);
        CheckIdle();
        var kept = PutInPlace(manifest);
        var store = new ArtifactStore(new SupervisionPaths(state.Path).Artifacts, HostArtifacts.UnpackAsync, () => []);
        foreach (var artifact in artifacts)
        {
            await using var tar = File.OpenRead(Path.Combine(_backup, artifact.Path));
            await store.PutAsync(BackupFiles.DigestOf(artifact), tar, cancel).ConfigureAwait(false);
        }
        Record(head, manifest, lost);
        return View(kept);
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
            say($"warning: {problem}");
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

    /// <returns>How many entries the state directory has beyond the backup, as far as it can be read.</returns>
    private long CheckAge(LedgerHead head)
    {
        if (!state.HasLedger) return 0;
        try
        {
            using var known = SqliteLedgerStore.OpenReadOnly(state.Join(BackupFiles.Ledger));
            var lost = known.Head.Sequence - head.Sequence;
            if (lost >= 0 && known.Read(head.Sequence - 1, 1) is [var same] && same.Hash != head.Hash)
                return Refuse("backup-of-another", $"the ledger in {state.Path} is another one: entry {head.Sequence} has the hash {same.Hash[..12]}…, and {head.Hash[..12]}… in the backup", known.Head.Sequence);
            return lost > 0
                ? Refuse("backup-older-than-known", $"the ledger in {state.Path} has {lost:N0} entries more than the backup, up to {known.Head.Sequence:N0}; they would be lost", lost)
                : 0;
        }
        catch (IOException e)
        {
            say($"warning: the ledger that is there cannot be read, so how much newer it is is not known: {e.Message}");
            return 0;
        }
    }

    private long Refuse(string id, string message, long lost)
    {
        if (options.CheckOnly) say($"warning: {message}");
        else if (!options.Force) throw new SignalboxException(ExitCode.No, Finding.Error(id, message, new(_backup), $"signalbox restore {_backup} --force   # what is there is kept beside"));
        return lost;
    }

    private void CheckIdle()
    {
        if (state.RunningControlPlane() is null && PidFile.ReadRunning(state.HostPid) is null) return;
        throw new SignalboxException(ExitCode.No, Finding.Error("state-in-use", $"a control plane or a host runs on {state.Path}; expected neither", new(state.Path), $"signalbox down --state {state.Path}"));
    }

    /// <returns>Where the old one lies; null where there was none.</returns>
    private string? PutInPlace(BackupManifest manifest)
    {
        var beside = $"{state.Path}.restoring-{Guid.NewGuid():N}";
        foreach (var file in manifest.Files.Where(file => !file.Path.StartsWith(BackupFiles.Artifacts + "/", StringComparison.Ordinal) && File.Exists(Path.Combine(_backup, file.Path))))
            BackupFiles.Copy(Path.Combine(_backup, file.Path), Path.Combine(beside, file.Path));
        string? kept = null;
        if (Directory.Exists(state.Path))
        {
            kept = $"{state.Path}.before-{time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss-fff", System.Globalization.CultureInfo.InvariantCulture)}";
            Directory.Move(state.Path, kept);
        }
        Directory.Move(beside, state.Path);
        return kept;
    }

    /// <summary>The restored ledger says itself that it was: a gap in what it tells has a reason then.</summary>
    private void Record(LedgerHead head, BackupManifest manifest, long lost)
    {
        var fact = new JsonObject { ["head"] = head.ToString(), ["madeAt"] = manifest.MadeAt, ["lost"] = lost, ["forced"] = options.Force };
        using var ledger = SqliteLedgerStore.Open(state.Join(BackupFiles.Ledger), time);
        ledger.Append(ledger.Head, [new("signalbox", "installation.restored/1", new($"local:{Environment.UserName}"), Encoding.UTF8.GetBytes(fact.ToJsonString()))]);
    }

    private static string Short(string path) => path.Length > 80 ? path[..80] : path;
}
