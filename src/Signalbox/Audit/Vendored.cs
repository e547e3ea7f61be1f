namespace Signalbox.Audit;

/// <summary>Folders into which a package manager copied other people's code: what lies there is theirs to mend, and nothing of it runs here by itself.</summary>
internal static class Vendored
{
    private const string Folder = "vendor/";

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
}
