using System.Collections.Concurrent;
using Signalbox.Delivery.Artifacts;

namespace Signalbox.Audit;

/// <summary>A document and the file it stands in.</summary>
internal readonly record struct Located<T>(SourceFile File, T Document);

/// <summary>Everything that was read, for rules that look across files.</summary>
/// <param name="root">The folder on disk; null where files come from memory.</param>
/// <param name="open">Reads a file that was seen, by its path.</param>
internal sealed class Repository(string? root = null, Func<string, SourceFile?>? open = null)
{
    private const int MostNamed = 100;

    // each is held against every path
    private const int MostPatterns = 1_000;

    private readonly ConcurrentDictionary<string, SourceFile?> _opened = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Type, object> _documents = new();
    private readonly ConcurrentDictionary<Type, object> _sorted = new();
    private readonly ConcurrentDictionary<Type, object> _byPath = new();
    private readonly ConcurrentDictionary<string, byte> _paths = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string[]> _named = new(StringComparer.Ordinal);
    private readonly HashSet<string> _takenIn = new(StringComparer.Ordinal);
    private readonly Lazy<IReadOnlySet<string>?> _index = new(() => root is null ? null : Readers.GitIndex.Of(root));
    private string[]? _ordered;

    public string? Root { get; } = root;

    /// <summary>What renders manifests where that is allowed; null where no program is run.</summary>
    public Programs.IRenderPrograms? Programs { get; init; }

    /// <summary>Every document of a type, in order of path and place in the file. Complete once every file was read.</summary>
    public IReadOnlyList<Located<T>> All<T>() where T : class =>
        (IReadOnlyList<Located<T>>)_sorted.GetOrAdd(typeof(T), static (_, all) => all._documents.TryGetValue(typeof(T), out var bag)
            ? Ordered((ConcurrentBag<(Located<T> Document, int Order)>)bag)
            : [], this);

    // there are many documents to a file: their paths are compared once a file
    private static List<Located<T>> Ordered<T>(ConcurrentBag<(Located<T> Document, int Order)> documents) where T : class
    {
        var all = new List<Located<T>>(documents.Count);
        foreach (var file in documents.GroupBy(d => d.Document.File.Path, StringComparer.Ordinal).OrderBy(f => f.Key, StringComparer.Ordinal))
            all.AddRange(file.OrderBy(d => d.Order).Select(d => d.Document));
        return all;
    }

    /// <summary>The first document of a type in a file, or null.</summary>
    public T? At<T>(string path) where T : class =>
        ((Dictionary<string, T>)_byPath.GetOrAdd(typeof(T), static (_, all) =>
        {
            var byPath = new Dictionary<string, T>(StringComparer.Ordinal);
            foreach (var (file, document) in all.All<T>()) byPath.TryAdd(file.Path, document);
            return byPath;
        }, this)).GetValueOrDefault(path);

    /// <summary>Whether a file or folder was seen at a path, read or not.</summary>
    public bool Has(string path) => _paths.ContainsKey(path.Trim('/'));

    /// <summary>A file that was seen, whether a reader claims it or not; null where there is none. Links are never seen.</summary>
    public SourceFile? Open(string path) => open is not null && Has(path) ? _opened.GetOrAdd(path.Trim('/'), open) : null;

    /// <summary>Whether a pipeline takes a file in: what the file lacks may be said there. Complete once every file was read.</summary>
    public bool IsTakenIn(string path) => _takenIn.Contains(path);

    internal void TakeIn(string path) => _takenIn.Add(path);

    /// <summary>The files that were seen under a path from the root, in which <c>*</c> and <c>**</c> stand for any; in order.</summary>
    public IEnumerable<SourceFile> Named(string pattern)
    {
        if (!pattern.Contains('*')) return Open(pattern) is { } only ? [only] : [];
        if (!_named.ContainsKey(pattern) && _named.Count >= MostPatterns) return [];
        return _named.GetOrAdd(pattern, Matching).Select(Open).OfType<SourceFile>();
    }

    private string[] Matching(string pattern)
    {
        // docs.gitlab.com, "Use include:local with wildcard file paths": before a name, ** stands for folders, too
        var rules = IgnoreRules.Parse(["/" + pattern.TrimStart('/').Replace("**.", "**/*.", StringComparison.Ordinal)]);
        return [.. Paths.Where(p => rules.Ignores(p, directory: false)).Order(StringComparer.Ordinal).Take(MostNamed)];
    }

    /// <summary>The paths of files and folders that begin with a folder's path and a slash, in order; empty is the root. Complete once the walk is done.</summary>
    public IEnumerable<string> Below(string folder)
    {
        var paths = _ordered ??= [.. Paths.Order(StringComparer.Ordinal)];
        var at = Array.BinarySearch(paths, folder, StringComparer.Ordinal);
        for (var i = at < 0 ? ~at : at; i < paths.Length && paths[i].StartsWith(folder, StringComparison.Ordinal); i++) yield return paths[i];
    }

    /// <summary>The same, with a look at the disk for what the walk leaves out: links and skipped folders.</summary>
    public bool Exists(string path) => Has(path) || (Root is not null && !path.Split('/').Contains("..") && Path.Exists(Path.Combine(Root, path)));

    /// <summary>Whether a path is in Git's index; false where there is none that can be read.</summary>
    public bool IsTracked(string path) => _index.Value?.Contains(path) == true;

    public IEnumerable<string> Paths => _paths.Keys;

    /// <summary>Forgets the order of what was read so far: more of it is read.</summary>
    internal void Anew()
    {
        _sorted.Clear();
        _byPath.Clear();
    }

    internal void Seen(string path) => _paths.TryAdd(path, 0);

    internal void Add<T>(SourceFile file, T document, int order) where T : class =>
        ((ConcurrentBag<(Located<T>, int)>)_documents.GetOrAdd(typeof(T), static _ => new ConcurrentBag<(Located<T>, int)>())).Add((new(file, document), order));
}
