using System.Text.RegularExpressions;

namespace Signalbox.Delivery.Detection;

/// <summary>PHP: Laravel, Symfony and plain index.php, by PHP's own server.</summary>
internal static partial class PhpDetector
{
    private static readonly string[] Folders = ["public", "web", "htdocs", ""];

    public static ServiceProposal? Detect(Scene scene)
    {
        var composer = scene.Tree.Read("composer.json") is { } file ? (File: file, Json: JsonPlaces.Read(file, scene.Notes)) : default;
        var folder = Folders.FirstOrDefault(name => scene.Tree.Has(name.Length > 0 ? $"{name}/index.php" : "index.php"));
        if (folder is null) return null;
        var index = scene.Tree.At(folder.Length > 0 ? $"{folder}/index.php" : "index.php");
        var laravel = scene.Tree.Has("artisan");
        var framework = composer.Json?["require"]?["laravel/framework"] ?? composer.Json?["require"]?["symfony/framework-bundle"] ?? composer.Json?["require"]?["slim/slim"];
        var what = laravel ? "Laravel" : framework is null ? "PHP" : composer.Json!["require"]!["symfony/framework-bundle"] is not null ? "Symfony" : "Slim";
        var php = scene.Programs.Named("php");
        var line = $"{php} -S \"127.0.0.1:$PORT\"{(folder.Length > 0 ? $" -t {folder}" : "")}{Router(scene, folder, laravel, framework is not null)}";
        scene.Notes.Warn(InitIds.DevelopmentServer, "PHP's built-in server is meant for development; behind heavy traffic expected FrankenPHP, RoadRunner or php-fpm", index, "apt-cache policy php-fpm");
        WarnOfWrites(scene, what, index);
        return new ServiceProposal(what, index, new(Words.Shell(line), "PHP's own server, told its port"))
        {
            Name = scene.Service,
            ApplicationName = composer.Json?["name"] is { Text: { } name } place && Slugs.Of(name) is { } slug ? new(slug, "", composer.File.Line(place.Line)) : null,
            Build = composer.Json?["require"] is null ? null : new("composer install --no-dev --no-interaction --optimize-autoloader", "the packages of composer.json", composer.File.Place),
            Port = new(8000, "PHP's usual one"),
            Health = Health(scene, index),
            // PHP's server answers one request after the other otherwise
            Environment = [("PHP_CLI_SERVER_WORKERS", new("4", "so many requests at a time"))],
        };
    }

    /// <summary>What these frameworks read from, and write to, beside their source, which no release has.</summary>
    private static void WarnOfWrites(Scene scene, string what, Place index)
    {
        if (what == "Laravel")
            scene.Notes.Warn(InitIds.NeedsChange, "Laravel reads its key from .env and keeps logs, sessions and compiled views in storage/, and a release is read-only; expected APP_KEY and places outside", index,
                "env: { APP_KEY: \"…\", LOG_CHANNEL: stderr, SESSION_DRIVER: cookie, CACHE_STORE: array, VIEW_COMPILED_PATH: /tmp }");
        if (what == "Symfony")
            scene.Notes.Warn(InitIds.NeedsChange, "Symfony asks for its .env and keeps caches and logs in var/, and a release is read-only; expected places outside, and a .env without secrets taken back by a line !/.env of .signalboxignore", index,
                "env: { APP_ENV: prod, APP_SECRET: \"…\", APP_CACHE_DIR: /tmp/cache, APP_LOG_DIR: /tmp/log }");
    }

    /// <summary>A router script answers what is no file; frameworks' front controllers do it.</summary>
    private static string Router(Scene scene, string folder, bool laravel, bool framework)
    {
        if (laravel) return " vendor/laravel/framework/src/Illuminate/Foundation/resources/server.php";
        return framework && folder.Length > 0 && scene.Tree.Has($"{folder}/index.php") ? $" {folder}/index.php" : "";
    }

    private static Proposed<string> Health(Scene scene, Place index)
    {
        if (scene.Tree.Read("bootstrap/app.php")?.Find(LaravelHealth()) is { } hit) return new(hit[1], "it answers when all is well", hit.At);
        return HealthSearch.Find(scene.Tree, ".php") ?? new("/", "no health address was found; the start page answers", index);
    }

    [GeneratedRegex("""health:\s*['"](/[\w/-]{1,60})['"]""")]
    private static partial Regex LaravelHealth();
}
