using System.Security.Cryptography;
using Signalbox.Delivery;

namespace Signalbox.Cli.Backups;

/// <summary>Files of a backup: 0600, synced, each known by its digest.</summary>
internal static class BackupFiles
{
    public const string Ledger = "ledger.db", Key = "ledger.key", Split = "split.key", Content = "content", Artifacts = "artifacts";

    /// <summary>What people put into a state directory: whose CI jobs get in, and whom Notation signatures are trusted by.</summary>
    public const string Identities = "identities.yaml", Notation = "notation";

    private const int DeepestNotation = 8;

    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void MakeDirectory(string path) => Directory.CreateDirectory(path, Owner | UnixFileMode.UserExecute);

    public static void WriteNew(string path, Action<Stream> write)
    {
        MakeDirectory(Path.GetDirectoryName(path)!);
        using var stream = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, UnixCreateMode = Owner });
        write(stream);
        stream.Flush(flushToDisk: true);
    }

    public static void Copy(string from, string to)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        WriteNew(to, source.CopyTo);
    }

    public static BackupFile Of(string directory, string relative)
    {
        using var stream = File.OpenRead(Path.Combine(directory, relative));
        return new(relative, stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    /// <summary>Only what a backup has: a manifest that names anything else, or leads out of the directory, is none of ours.</summary>
    public static bool IsOurs(string relative) => relative switch
    {
        Ledger or Key or Split or Identities => true,
        _ => relative.Split('/') is var parts && (parts is [Notation, _, ..] ? parts.Length <= DeepestNotation && parts.All(IsName) : parts is [Content, { Length: 2 } first, { Length: 64 } hex] ? hex.StartsWith(first, StringComparison.Ordinal) && IsHex(hex)
            : parts is [Artifacts, { Length: 68 } tar] && tar.EndsWith(".tar", StringComparison.Ordinal) && IsHex(tar[..64])),
    };

    /// <summary>
    /// What is not taken where it is not what was written, though somebody forces it: what is known by its digest elsewhere too, and
    /// who gets in or is trusted. Without the ledger and the keys there is nothing to restore.
    /// </summary>
    public static bool IsLeftOutDamaged(string relative) => relative is not (Ledger or Key or Split);

    public static bool IsArtifact(string relative) => relative.StartsWith(Artifacts + "/", StringComparison.Ordinal);

    public static Digest DigestOf(BackupFile artifact) =>
        Digest.TryParse("sha256:" + Path.GetFileNameWithoutExtension(artifact.Path), out var digest) ? digest : throw new ArgumentException($"{artifact.Path} names no digest");

    private static bool IsName(string part) => part is not ("" or "." or "..") && !part.Any(c => char.IsControl(c) || c == '\\');

    private static bool IsHex(string text) => text.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');
}
