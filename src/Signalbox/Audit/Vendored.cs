namespace Signalbox.Audit;

/// <summary>Folders into which a package manager copied other people's code: what lies there is theirs to mend, and nothing of it runs here by itself, unless something of the repository names it.</summary>
internal static class Vendored
{
    private const string Folder = "vendor/";

    private const int MostRounds = 16;

    // who copies it there says so beside it; npm and pip copy elsewhere
    private static readonly string[] s_managers = ["composer.json", "composer.lock", "go.mod", "Gemfile.lock"];

    // and leaves a list inside
    private static readonly string[] s_lists = ["autoload.php", "composer/installed.json", "modules.txt", "bundle"];

    public static bool Holds(Repository repository, string path)
    {
        for (var at = path.IndexOf(Folder, StringComparison.Ordinal); at >= 0; at = path.IndexOf(Folder, at + 1, StringComparison.Ordinal))
        {
            if (at > 0 && path[at - 1] != '/') continue;
            var (above, inside) = (path[..at], path[..(at + Folder.Length)]);
            if (s_managers.Any(m => repository.Has(above + m)) || s_lists.Any(l => repository.Has(inside + l))) return true;
        }
        return false;
    }

    /// <summary>Has those of the paths read that something names that was read, and then those that these name.</summary>
    /// <param name="read">Takes the place among the paths.</param>
    public static void EachNamed(Repository repository, IReadOnlyList<string> paths, Action<int> read)
    {
        var left = Enumerable.Range(0, paths.Count).Where(i => Holds(repository, paths[i])).ToList();
        for (var round = 0; round < MostRounds && left.Count > 0; round++)
        {
            var named = NamedPlaces.Read(repository);
            // a place above the folder says nothing of what lies in it
            var next = left.Where(i => named.Above(paths[i]).Any(p => Holds(repository, p + "/"))).ToList();
            if (next.Count == 0) return;
            next.ForEach(read);
            repository.Anew();
            left = [.. left.Except(next)];
        }
    }
}
