using System.IO.Enumeration;

namespace Signalbox.Audit;

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

    /// <summary>Relative paths with forward slashes, in order.</summary>
    /// <param name="truncated">Whether there were more files than the limit.</param>
    public static IReadOnlyList<string> Files(string root, out bool truncated)
    {
        var files = new List<string>();
        foreach (var path in new FileSystemEnumerable<string>(root, Relative, Options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !IsSkipped(entry.FileName),
        })
        {
            if (files.Count == MostFiles) break;
            files.Add(path);
        }
        truncated = files.Count == MostFiles;
        files.Sort(StringComparer.Ordinal);
        return files;
    }

    private static EnumerationOptions Options => new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = Deepest,
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    private static bool IsSkipped(ReadOnlySpan<char> name) => s_skipped.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name);

    private static string Relative(ref FileSystemEntry entry)
    {
        var directory = entry.Directory[entry.RootDirectory.Length..].TrimStart('/');
        return directory.Length == 0 ? entry.FileName.ToString() : $"{directory}/{entry.FileName}";
    }
}
