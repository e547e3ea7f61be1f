namespace Signalbox.Audit;

/// <summary>Folders into which a package manager copied other people's code: what lies there is theirs to mend, and nothing of it runs here by itself.</summary>
internal static class Vendored
{
    private static readonly string[] s_folders = ["vendor/", "third_party/", "third-party/"];

    // who copies it there says so beside it
    private static readonly string[] s_managers = ["composer.json", "composer.lock", "go.mod", "package.json", "Gemfile", "Gemfile.lock", "Cargo.toml"];

    // and leaves a list inside
    private static readonly string[] s_lists = ["autoload.php", "composer/installed.json", "modules.txt", "bundle"];

    public static bool Holds(Repository repository, string path) => s_folders.Any(f => Holds(repository, path, f));

    private static bool Holds(Repository repository, string path, string folder)
    {
        for (var at = path.IndexOf(folder, StringComparison.Ordinal); at >= 0; at = path.IndexOf(folder, at + 1, StringComparison.Ordinal))
        {
            if (at > 0 && path[at - 1] != '/') continue;
            var (above, inside) = (path[..at], path[..(at + folder.Length)]);
            if (s_managers.Any(m => repository.Has(above + m)) || s_lists.Any(l => repository.Has(inside + l))) return true;
        }
        return false;
    }
}
