using System.IO.Enumeration;

namespace Signalbox.Audit;

/// <summary>What lies in a folder.</summary>
/// <param name="Files">Relative paths with forward slashes, in order.</param>
/// <param name="Unread">Folders that were not gone through, and why.</param>
/// <param name="Truncated">Whether there may be more files than the limit.</param>
internal sealed record RepositoryFiles(IReadOnlyList<string> Files, IReadOnlyList<(string Folder, string Why)> Unread, bool Truncated);

/// <summary>Finds the files of a folder: no link is followed, what tools download or build is left out, and it ends at a limit.</summary>
internal static class RepositoryWalk
{
    public const int MostFiles = 250_000;

    private const int Deepest = 64;

    // folders that hold other people's code or what a build made
    private static readonly HashSet<string> s_skipped = new(StringComparer.Ordinal)
    {
        ".git", ".hg", ".svn", "node_modules", ".terraform", ".venv", "venv", "__pycache__", ".tox", ".gradle", ".yarn", "bower_components", ".next", ".nuxt",
    };

    private static readonly EnumerationOptions s_options = new() { IgnoreInaccessible = false, AttributesToSkip = FileAttributes.ReparsePoint };

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static RepositoryFiles Of(string root)
    {
        var files = new List<string>();
        var unread = new List<(string, string)>();
        var pending = new Stack<(string Folder, int Depth)>([("", 0)]);
        while (files.Count < MostFiles && pending.TryPop(out var next))
        {
            try
            {
                foreach (var (name, isFolder) in Entries(Path.Join(root, next.Folder)))
                {
                    var path = next.Folder.Length == 0 ? name : $"{next.Folder}/{name}";
                    if (files.Count == MostFiles) break;
                    if (!isFolder) files.Add(path);
                    else if (next.Depth == Deepest) unread.Add((path, $"it lies more than {Deepest} folders deep"));
                    else pending.Push((path, next.Depth + 1));
                }
            }
            catch (DirectoryNotFoundException) when (next.Folder.Length > 0)
            {
                // it vanished, or its name does not survive decoding
                if (next.Folder.Contains('\uFFFD')) unread.Add((next.Folder, "its name is not UTF-8"));
            }
            catch (UnauthorizedAccessException)
            {
                unread.Add((next.Folder.Length == 0 ? "." : next.Folder, "access to it is denied"));
            }
            catch (IOException e) when (next.Folder.Length > 0)
            {
                unread.Add((next.Folder, e.Message.TrimEnd('.')));
            }
        }
        files.Sort(StringComparer.Ordinal);
        return new(files, unread, files.Count == MostFiles);
    }

    private static FileSystemEnumerable<(string Name, bool IsFolder)> Entries(string folder) => new(folder, (ref FileSystemEntry entry) => (entry.FileName.ToString(), entry.IsDirectory), s_options)
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory || !IsSkipped(entry.FileName),
    };

    private static bool IsSkipped(ReadOnlySpan<char> name) => s_skipped.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name);
}
