using System.Text;

namespace Signalbox.Delivery.Detection;

/// <summary>
/// A directory as detection sees it: bounded in depth, number and size, and never outside of itself. What breaks a bound is a
/// finding; nothing here throws on what lies in the directory.
/// </summary>
internal sealed class SourceTree
{
    private const int MostFiles = 20_000, DeepestFolder = 8, LongestFile = 1 << 20;

    /// <summary>What others wrote or programs made: it says nothing about this application.</summary>
    private static readonly HashSet<string> Skipped = new(StringComparer.OrdinalIgnoreCase)
    {
        "node_modules", "bower_components", "bin", "obj", "target", "vendor", "venv", "env", "virtualenv", "__pycache__", "site-packages",
        "dist", "build", "out", "coverage", "log", "logs", "tmp", "temp", "artifacts", "packages-cache",
    };

    private readonly string _root;
    private readonly Notes _notes;
    private readonly Dictionary<string, SourceFile?> _read;

    private SourceTree(string root, string prefix, IReadOnlyList<string> files, Notes notes, Dictionary<string, SourceFile?> read) =>
        (_root, Prefix, Files, _notes, _read) = (root, prefix, files, notes, read);

    /// <summary>Of paths below the tree that was opened: empty, or a folder with a slash at its end.</summary>
    public string Prefix { get; }

    /// <summary>Paths relative to this tree, in ordinal order, without hidden ones and those of <c>node_modules</c> and the like.</summary>
    public IReadOnlyList<string> Files { get; }

    public static SourceTree Open(string root, Notes notes) =>
        new(Path.GetFullPath(root), "", List(Path.GetFullPath(root), notes), notes, new(StringComparer.Ordinal));

    /// <summary>The part of the tree below a folder.</summary>
    public SourceTree In(string folder)
    {
        var start = folder + "/";
        return new(_root, Prefix + start, [.. Files.Where(f => f.StartsWith(start, StringComparison.Ordinal)).Select(f => f[start.Length..])], _notes, _read);
    }

    public IEnumerable<string> Folders => Files.Where(f => f.Contains('/')).Select(f => f[..f.IndexOf('/')]).Distinct(StringComparer.Ordinal);

    public Place At(string path, int line = 0) => new(Prefix + path, line);

    /// <summary>Whether it is there, also where it is not listed.</summary>
    public bool Has(string path) => Inside(path) is { } full && (File.Exists(full) || Directory.Exists(full));

    public bool HasFolder(string path) => Inside(path) is { } full && Directory.Exists(full);

    public IEnumerable<string> Named(string name, int depth = DeepestFolder) =>
        Files.Where(f => f.Count(c => c == '/') <= depth && Path.GetFileName(f).Equals(name, StringComparison.OrdinalIgnoreCase));

    public IEnumerable<string> Ending(params string[] endings) => Files.Where(f => Array.Exists(endings, e => f.EndsWith(e, StringComparison.OrdinalIgnoreCase)));

    /// <returns>Null, with a finding where it is there and cannot be used.</returns>
    public SourceFile? Read(string path)
    {
        path = path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
        if (_read.TryGetValue(Prefix + path, out var known)) return known;
        return _read[Prefix + path] = Load(path);
    }

    public SourceFile? ReadFirst(params string[] paths) => paths.Select(Read).FirstOrDefault(f => f is not null);

    private SourceFile? Load(string path)
    {
        try
        {
            if (!Path.Exists(Path.Combine(_root, Prefix, path))) return null;
            if (Inside(path) is not { } full) return Skip(path, "is a link that leads out of the directory");
            var info = new FileInfo(full);
            if (!info.Exists) return null;
            if (info.Length > LongestFile) return Skip(path, $"has {info.Length:N0} bytes; at most {LongestFile:N0} are read");
            // a pipe has no length, and opening it would wait for its other end
            if (info.Length == 0) return new(Prefix + path, "");
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(full));
            return text.Contains('\0') ? Skip(path, "holds a NUL and is no text") : new(Prefix + path, text.TrimStart('\ufeff'));
        }
        catch (DecoderFallbackException)
        {
            return Skip(path, "is not UTF-8");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Skip(path, $"cannot be read: {e.Message.TrimEnd('.')}");
        }
    }

    private SourceFile? Skip(string path, string why)
    {
        _notes.Warn(InitIds.FileSkipped, $"'{path}' {why}, so it was not looked at", At(path), $"ls -l {Prefix}{path}");
        return null;
    }

    /// <returns>The full path with its links followed; null where it leads out or names nothing.</returns>
    private string? Inside(string path)
    {
        try
        {
            var full = Path.GetFullPath(Path.Combine(_root, Prefix + path));
            if (!full.StartsWith(_root + "/", StringComparison.Ordinal) && full != _root) return null;
            var (home, real) = (RealPath.Of(_root), RealPath.Of(full));
            return real == home || real.StartsWith(home == "/" ? "/" : home + "/", StringComparison.Ordinal) ? real : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static List<string> List(string root, Notes notes)
    {
        var found = new List<string>();
        var pending = new Queue<(string Path, int Depth)>([("", 0)]);
        while (pending.TryDequeue(out var folder) && found.Count < MostFiles)
            foreach (var (path, isFolder) in Entries(root, folder.Path))
                if (!isFolder) found.Add(path);
                else if (folder.Depth < DeepestFolder) pending.Enqueue((path, folder.Depth + 1));
        if (found.Count >= MostFiles)
            notes.Warn(InitIds.FileSkipped, $"there are more than {MostFiles:N0} files, so not all were looked at", new("."), "signalbox init FOLDER");
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private static List<(string Path, bool IsFolder)> Entries(string root, string folder)
    {
        var entries = new List<(string, bool)>();
        try
        {
            foreach (var entry in new DirectoryInfo(Path.Combine(root, folder)).EnumerateFileSystemInfos())
            {
                var isFolder = entry is DirectoryInfo;
                // links to folders may run in circles; names with control characters belong in no file and on no terminal
                if (entry.Name.StartsWith('.') || entry.Name.Any(char.IsControl) || (isFolder && (entry.LinkTarget is not null || Skipped.Contains(entry.Name)))) continue;
                entries.Add((folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}", isFolder));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // what may not be looked into says nothing
        }
        return entries;
    }
}
