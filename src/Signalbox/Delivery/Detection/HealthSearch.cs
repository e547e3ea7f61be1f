using System.Text.RegularExpressions;

namespace Signalbox.Delivery.Detection;

/// <summary>Finds an address for health in source code: a route whose name says so.</summary>
internal static partial class HealthSearch
{
    private const int MostFiles = 600;

    /// <summary>Best first: what asks only the process comes before what may ask its neighbours, too.</summary>
    private static readonly string[] Preferred = ["healthz", "livez", "health", "healthcheck", "health-check", "_health", "live", "up", "readyz", "ready", "heartbeat", "status", "ping"];

    /// <param name="endings">Of the source files to look into.</param>
    public static Proposed<string>? Find(SourceTree tree, params string[] endings)
    {
        var sources = Sources(tree, endings).ToList();
        // a route of a router below a prefix has another address than the one that is written
        var mounted = sources.Any(file => file.Find(Mount()) is not null);
        var hits = sources
            .SelectMany(file => file.FindAll(Route()).Concat(file.FindAll(BareRoute())))
            .Where(hit => !Call().IsMatch(hit.Line) && !(mounted && Router().IsMatch(hit.Line)))
            .Select(hit => (Hit: hit, Rank: Array.IndexOf(Preferred, hit.Match.Groups["name"].Value.ToLowerInvariant())))
            .Where(hit => hit.Rank >= 0);
        var best = hits.OrderBy(hit => hit.Rank).Select(hit => hit.Hit).FirstOrDefault();
        return best is null ? null : new("/" + best.Match.Groups["path"].Value.TrimStart('/'), "it answers when all is well", best.At);
    }

    public static IEnumerable<SourceFile> Sources(SourceTree tree, params string[] endings) => tree.Ending(endings)
        .Where(path => !Test().IsMatch(path)).Take(MostFiles).Select(tree.Read).OfType<SourceFile>();

    // a quoted address on a line that declares a route: .get('/healthz', MapHealthChecks("/health"), @app.route("/ping"), path === '/up'
    [GeneratedRegex("""(?i)(?:\b(?:get|route|url|path|all|use|add_route|map\w*|\w+mapping|handle(?:func)?|case|when|match|any|head)\b\W{0,4}|={2,3}\s*)["'`](?<path>/(?:(?:api|v\d|internal|_?system)/)?(?<name>[a-z_-]{2,20}))/?["'`]""")]
    private static partial Regex Route();

    // where the first slash is left out: Django's path("up/", …), Rails' get "up" => …, Nest's @Controller('health')
    [GeneratedRegex("""^\s*(?:path\(\s*|get\s+|@Controller\()["'](?<path>(?<name>[a-z_-]{2,20})/?)["']""")]
    private static partial Regex BareRoute();

    [GeneratedRegex("""\.use\(\s*["'`]/[\w-]""")]
    private static partial Regex Mount();

    [GeneratedRegex(@"(?i)\brouter\s*\.")]
    private static partial Regex Router();

    // what asks others for their health; Go's handlers name http.Request
    [GeneratedRegex(@"(?i)\b(fetch|axios|got|(?<!http\.)request|http\.get|requests\.get|HttpClient|GetAsync|curl|wget|Net::HTTP|restTemplate)\b")]
    private static partial Regex Call();

    [GeneratedRegex(@"(?i)(^|/)(tests?|__tests__|specs?|e2e|cypress|docs?|examples?|fixtures|migrations|mocks?|stories)/|[._-](test|spec|stories)\.")]
    private static partial Regex Test();
}
