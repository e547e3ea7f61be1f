using System.Text.RegularExpressions;

namespace Signalbox.Delivery.Detection.Python;

internal static partial class DjangoDetector
{
    public static ServiceProposal? Detect(PythonProject project)
    {
        if (project.Tree.Read("manage.py") is not { } manage || manage.Find(Settings()) is not { } hit) return null;
        var package = hit[1];
        if (!project.Tree.Has($"{package.Replace('.', '/')}/wsgi.py")) return null;
        var proposal = PythonDetector.Wsgi(project, "Django", hit.At, $"{package}.wsgi");
        var settings = project.Tree.Read($"{package.Replace('.', '/')}/settings.py");
        if (settings?.Find(Sqlite()) is { } data)
            project.Scene.Notes.Warn(InitIds.DataInside, "the database lies beside the source, and a release is a read-only copy of its own; expected a path that all releases share",
                data.At, "'NAME': os.environ.get('DATABASE', BASE_DIR / 'db.sqlite3'),", data.Line);
        return proposal with
        {
            Port = new(8000, "Django's usual one"),
            Health = HealthSearch.Find(project.Tree, ".py") is { } found ? Reachable(settings, found) : Reachable(settings, Page(project, package)),
        };
    }

    private static Proposed<string>? Page(PythonProject project, string package)
    {
        if (project.Tree.Read($"{package.Replace('.', '/')}/urls.py") is not { } urls) return null;
        if (urls.Find(RootPath()) is { } root) return new("/", "no health address was found; the start page answers", root.At);
        return urls.Find(Admin()) is { } admin ? new($"/{admin[1]}login/", "no health address was found; the page to sign in answers without a database", admin.At) : null;
    }

    /// <summary>A probe comes to 127.0.0.1; where Django refuses that host, only TCP is left.</summary>
    private static Proposed<string>? Reachable(SourceFile? settings, Proposed<string>? health) =>
        settings?.Find(Hosts()) is { } hosts && hosts[1].Trim().Length > 0 && !AnyHost().IsMatch(hosts[1]) ? null : health;

    [GeneratedRegex("""DJANGO_SETTINGS_MODULE["']\s*,\s*["']([A-Za-z_][\w.]{0,80}?)\.settings""")]
    private static partial Regex Settings();

    [GeneratedRegex("""NAME["']\s*:\s*(?:str\()?\s*(?:BASE_DIR\s*/|os\.path\.join\(BASE_DIR,)\s*["'][\w.]*\.?(?:sqlite3?|db)""")]
    private static partial Regex Sqlite();

    [GeneratedRegex("""^\s*(?:re_)?path\(\s*r?["']\^?\$?["']""")]
    private static partial Regex RootPath();

    [GeneratedRegex("""^\s*path\(\s*["']([\w-]{1,40}/)["']\s*,\s*admin\.site\.urls""")]
    private static partial Regex Admin();

    [GeneratedRegex(@"^ALLOWED_HOSTS\s*=\s*\[(.*)\]")]
    private static partial Regex Hosts();

    [GeneratedRegex("""["'](?:\*|127\.0\.0\.1)["']""")]
    private static partial Regex AnyHost();
}
