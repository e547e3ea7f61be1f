using System.Text;
using Signalbox.Audit;
using Signalbox.Audit.GitHub;
using Signalbox.Audit.Images;
using Signalbox.Audit.Readers;
using Signalbox.Delivery;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Auditing;

/// <summary>Writes what was said online into the files that runs without a network read.</summary>
internal static class LockFiles
{
    private const int MostNames = 20;

    /// <summary>What a repository or a registry said that does not answer now is kept.</summary>
    /// <exception cref="SignalboxException">The folder is a link, or a file is another program's.</exception>
    public static void Write(string root, Repository repository, Session session)
    {
        Kept<ActionLock> actions = new([.. repository.All<AskedLock>().Select(a => a.Document.Lock)], [.. repository.All<ActionLock>().Where(l => l.File.Path == ActionLockReader.Path).Select(l => l.Document)], l => l.Repository.ToLowerInvariant());
        // a tag that is pinned now, or used no more, needs no lock
        var tags = UsedImages.Of(repository).Select(u => ImageTag.Of(u.Image)).ToHashSet();
        Kept<TagDigest> images = new([.. repository.All<AskedDigest>().Select(a => a.Document.Said)], [.. repository.All<TagDigest>().Select(l => l.Document).Where(l => tags.Contains(l.Image))], l => l.Image.ToString());
        CheckOurs(Path.Combine(root, ImageLockReader.Path));
        Write(root, ActionLockReader.Path, actions, ActionLockReader.Write, session);
        Write(root, ImageLockReader.Path, images, ImageLockReader.Write, session);
    }

    /// <summary>Other programs have files of that name.</summary>
    private static void CheckOurs(string path)
    {
        if (new FileInfo(path) is not { Exists: true, LinkTarget: null }) return;
        using var reader = File.OpenText(path);
        var first = new char[ImageLockReader.Head.Length];
        var begins = new string(first, 0, reader.ReadBlock(first));
        if (begins.Length > 0 && begins != ImageLockReader.Head)
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("audit-lock-foreign", $"{path} begins with '{begins.Split('\n')[0]}'; expected '{ImageLockReader.Head}', or no file", new(path), $"mv {path} {path}.old"));
    }

    private static void Write<T>(string root, string file, Kept<T> entries, Func<IEnumerable<T>, string> text, Session session)
    {
        var path = Path.Combine(root, file);
        if (!entries.All.Any() && !File.Exists(path)) return;
        var folder = Path.GetDirectoryName(path)!;
        if (file != Path.GetFileName(file) && new DirectoryInfo(folder).LinkTarget is not null)
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("audit-lock-link", $"{folder} is a link; expected a folder", new(path), $"ls -l {folder}"));
        string[] old = [.. entries.Old.Select(entries.Name)];
        if (old.Length > 0) session.Error.WriteLine(session.Paint.Warn($"kept as it was, for nothing was said of it now: {FindingText.Printable(string.Join(", ", old.Take(MostNames)))}{(old.Length > MostNames ? $" and {old.Length - MostNames} more" : "")}"));
        AtomicFile.Write(Path.GetFullPath(path), Encoding.UTF8.GetBytes(text(entries.All)), AtomicFile.ForAll);
    }

    /// <summary>What a lock file is to hold: what was said now, and what it says of the others.</summary>
    private sealed record Kept<T>(IReadOnlyList<T> Said, IReadOnlyList<T> Written, Func<T, string> Name)
    {
        public IEnumerable<T> Old => Written.ExceptBy(Said.Select(Name), Name);

        public IEnumerable<T> All => Said.Concat(Old);
    }
}
