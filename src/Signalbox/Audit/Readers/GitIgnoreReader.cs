using System.IO.Enumeration;

namespace Signalbox.Audit.Readers;

/// <summary>A <c>.gitignore</c> (git-scm.com/docs/gitignore), as far as single files go.</summary>
internal sealed record GitIgnore(string Folder, IReadOnlyList<string> Patterns)
{
    /// <summary>Whether a file of the repository is kept out of Git, so that it is only on this disk.</summary>
    public static bool Ignores(Repository repository, string path)
    {
        var ignored = false;
        // the nearest file has the last word, and in it the last pattern
        foreach (var (_, ignore) in repository.All<GitIgnore>().Where(i => i.Document.Folder.Length == 0 || path.StartsWith(i.Document.Folder + "/", StringComparison.Ordinal)).OrderBy(i => i.Document.Folder.Length))
        {
            var relative = ignore.Folder.Length == 0 ? path : path[(ignore.Folder.Length + 1)..];
            foreach (var pattern in ignore.Patterns)
                if (Matches(pattern.TrimStart('!'), relative)) ignored = pattern[0] != '!';
        }
        // what was added by force, or before the pattern, is in Git all the same
        return ignored && !repository.IsTracked(path);
    }

    private static bool Matches(string pattern, string path)
    {
        var plain = pattern.Trim('/');
        if (plain.StartsWith("**/", StringComparison.Ordinal)) plain = plain[3..];
        if (pattern.TrimEnd('/').Contains('/') && !pattern.StartsWith("**/", StringComparison.Ordinal))
            return FileSystemName.MatchesSimpleExpression(plain, path, ignoreCase: false) || path.StartsWith(plain + "/", StringComparison.Ordinal);
        var parts = path.Split('/');
        return parts.Where((_, i) => !pattern.EndsWith('/') || i < parts.Length - 1).Any(part => FileSystemName.MatchesSimpleExpression(plain, part, ignoreCase: false));
    }
}

/// <summary>Every <c>.gitignore</c>.</summary>
internal sealed class GitIgnoreReader : Reader
{
    public override bool Claims(string path) => path == ".gitignore" || path.EndsWith("/.gitignore", StringComparison.Ordinal);

    public override void Read(SourceFile file, DocumentSink documents)
    {
        var patterns = file.Text.Content.Split('\n').Select(l => l.TrimEnd('\r', ' ')).Where(l => l.Length > 0 && l[0] != '#' && l != "!").ToList();
        if (patterns.Count > 0) documents.Add(new GitIgnore(RelativePath.Folder(file.Path), patterns));
    }
}
