using Signalbox.Cli.Control;
using Signalbox.Delivery.Artifacts;
using Signalbox.Diagnostics;
using Signalbox.Host.Supervision;
using Signalbox.Ledger;
using Signalbox.Storage;

namespace Signalbox.Cli.Backups;

/// <summary>
/// Copies a state directory while it is in use. The ledger goes first: what it speaks of (content, artifacts) was there
/// before it said so, and is copied after. What can be made again (the file of the owner's token, sessions, logs, the host's tables) stays out.
/// </summary>
internal static class Backup
{
    /// <param name="to">A directory that does not exist yet; it has its name once it is whole.</param>
    /// <param name="say">Told what is left out, because it is not what it was.</param>
    /// <exception cref="SignalboxException">There is no ledger, or something is in the way.</exception>
    public static (BackupManifest Manifest, TimeSpan Took) Make(Installation state, string to, TimeProvider time, Action<string> say, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        var target = Path.GetFullPath(to);
        if (!state.HasLedger) throw new SignalboxException(ExitCode.Undecided, Finding.Error("ledger-missing", $"there is no ledger in {state.Path}; expected a state directory", new(state.Path), "signalbox backup --state DIR"));
        if (Path.Exists(target)) throw new SignalboxException(ExitCode.No, Finding.Error("backup-exists", $"{target} is there already; expected a name that nothing has", new(target), $"signalbox backup --to {target}-2"));
        var beside = $"{target}.{Guid.NewGuid():N}.partial";
        try
        {
            var manifest = Fill(state, beside, time, say, cancel);
            Directory.Move(beside, target);
            return (manifest, time.GetElapsedTime(began));
        }
        catch (Exception e) when (e is IOException and not StorageException or UnauthorizedAccessException)
        {
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("backup-not-written", $"the backup cannot be written: {e.Message}", new(target), $"df -h {Path.GetDirectoryName(target)}"));
        }
        finally
        {
            if (Directory.Exists(beside)) Directory.Delete(beside, recursive: true);
        }
    }

    private static BackupManifest Fill(Installation state, string directory, TimeProvider time, Action<string> say, CancellationToken cancel)
    {
        BackupFiles.MakeDirectory(directory);
        var madeAt = time.GetUtcNow();
        SqliteLedgerStore.Copy(state.Join(BackupFiles.Ledger), Path.Combine(directory, BackupFiles.Ledger));
        foreach (var file in (string[])[BackupFiles.Key, BackupFiles.Split, BackupFiles.Identities])
            if (File.Exists(state.Join(file))) BackupFiles.Copy(state.Join(file), Path.Combine(directory, file));
        CopyNotation(state.Join(BackupFiles.Notation), BackupFiles.Notation, directory);
        CopyContent(state.Join(BackupFiles.Content), directory, cancel);
        PackArtifacts(new SupervisionPaths(state.Path).Artifacts, directory, say, cancel);
        var files = Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(directory, path)).Order(StringComparer.Ordinal).Select(path => BackupFiles.Of(directory, path)).ToList();
        var manifest = new BackupManifest(BackupManifest.CurrentFormat, ProductVersion.Number, madeAt, state.Path, Verified(directory).ToString(), files);
        manifest.Write(directory);
        return manifest;
    }

    /// <summary>A copy that nobody could restore is none: its chain is walked before it gets its name.</summary>
    private static LedgerHead Verified(string directory)
    {
        using var copy = SqliteLedgerStore.OpenReadOnly(Path.Combine(directory, BackupFiles.Ledger));
        var verification = LedgerVerifier.Verify(copy, null, copy.ReadCheckpoints());
        return verification.ToFinding() is { } finding ? throw new SignalboxException(ExitCode.No, finding) : verification.Head;
    }

    /// <summary>Trust policy and stores, which people put there. A file may be a link, as a mounted one is; a directory that is one is not followed.</summary>
    private static void CopyNotation(string from, string relative, string directory)
    {
        if (!Directory.Exists(from)) return;
        foreach (var path in Directory.EnumerateFileSystemEntries(from))
        {
            var name = $"{relative}/{Path.GetFileName(path)}";
            if (!Directory.Exists(path)) Take(path, name, directory);
            else if (new DirectoryInfo(path).LinkTarget is null) CopyNotation(path, name, directory);
        }
    }

    private static void Take(string path, string relative, string directory)
    {
        if (BackupFiles.IsOurs(relative)) BackupFiles.Copy(path, Path.Combine(directory, relative));
    }

    private static void CopyContent(string content, string directory, CancellationToken cancel)
    {
        if (!Directory.Exists(content)) return;
        foreach (var path in Directory.EnumerateFiles(content, "*", SearchOption.AllDirectories))
        {
            cancel.ThrowIfCancellationRequested();
            var relative = $"{BackupFiles.Content}/{Path.GetRelativePath(content, path)}";
            // what is still coming in has no name of its own yet, and no entry of the ledger speaks of it
            if (BackupFiles.IsOurs(relative)) BackupFiles.Copy(path, Path.Combine(directory, relative));
        }
    }

    private static void PackArtifacts(string artifacts, string directory, Action<string> say, CancellationToken cancel)
    {
        if (!Directory.Exists(artifacts)) return;
        foreach (var path in Directory.EnumerateDirectories(artifacts))
        {
            cancel.ThrowIfCancellationRequested();
            var relative = $"{BackupFiles.Artifacts}/{Path.GetFileName(path)}.tar";
            if (!BackupFiles.IsOurs(relative)) continue;
            if (Pack(path, Path.Combine(directory, relative)) is { } whole && whole.Digest.Hex == Path.GetFileName(path)) continue;
            File.Delete(Path.Combine(directory, relative));
            // one that was altered, however old, must not keep the ledger and all else from being copied
            if (Directory.Exists(path)) say($"warning: the artifact in {path} is not what its name says any more; it is left out, and a release of it cannot be restored");
        }
    }

    /// <returns>Null where it is nothing that could be packed: the host has let it go meanwhile, or somebody put a socket into it.</returns>
    private static PackedArtifact? Pack(string path, string target)
    {
        PackedArtifact? packed = null;
        try
        {
            BackupFiles.WriteNew(target, tar => packed = ArtifactPacker.PackAgain(path, tar));
        }
        catch (Exception e) when (IsRefusal(e) && !CanBePacked(path))
        {
            return null;
        }
        return packed;
    }

    /// <summary>Whether it is no fault of the artifact's that it could not be written: a full disk makes no backup.</summary>
    private static bool CanBePacked(string path)
    {
        try
        {
            ArtifactPacker.PackAgain(path, Stream.Null);
            return true;
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return false;
        }
    }

    private static bool IsRefusal(Exception e) => e is ArtifactRefusedException or IOException or UnauthorizedAccessException;
}
