using System.Text.RegularExpressions;

namespace Signalbox.Delivery.Detection;

/// <summary>Ruby: Rails and whatever else has a config.ru, by Puma where the Gemfile has it.</summary>
internal static partial class RubyDetector
{
    /// <summary>Bundler does not remember what it is told by the environment: whoever installs and whoever runs must be told the same.</summary>
    private static readonly (string Name, Proposed<string> Value)[] s_bundle =
    [
        ("BUNDLE_PATH", new("vendor/bundle", "where the build puts the gems")), ("BUNDLE_WITHOUT", new("development:test", "what the build leaves out")),
    ];

    public static ServiceProposal? Detect(Scene scene)
    {
        var gems = scene.Tree.Read("Gemfile");
        var rack = scene.Tree.Read("config.ru");
        if (rack is null) return gems is null ? null : Script(scene, gems);
        var rails = gems?.Find(Rails());
        var puma = gems?.Find(Puma());
        var bundle = gems is null ? "" : "bundle exec ";
        var server = gems is null || puma is not null
            ? new Proposed<IReadOnlyList<string>>(Words.Shell($"{bundle}puma -b \"tcp://127.0.0.1:$PORT\" config.ru"), "Puma, told its port", puma?.At)
            : new(Words.Shell($"{bundle}rackup --host 127.0.0.1 --port \"$PORT\" config.ru"), "rackup, told its port; the Gemfile has no puma", gems.Place);
        return new ServiceProposal(rails is null ? "Rack" : "Rails", rails?.At ?? rack.Place, server)
        {
            Name = scene.Service,
            Build = Build(gems, rails is not null && scene.Tree.HasFolder("app/assets")),
            Port = rails is null ? new(9292, "Rack's usual one") : new(3000, "Rails' usual one"),
            Health = HealthSearch.Find(scene.Tree, ".rb", ".ru") ?? Root(scene),
            Environment = [.. rails is null ? [("RACK_ENV", new("production", ""))] : RailsEnvironment(scene, rails), .. gems is null ? [] : s_bundle],
            Ignore = ["/log", "/tmp"],
        };
    }

    /// <summary>A program of its own that serves, such as Sinatra's classic style.</summary>
    private static ServiceProposal? Script(Scene scene, SourceFile gems)
    {
        var file = scene.Tree.ReadFirst("app.rb", "server.rb", "main.rb");
        if (file?.Find(Sinatra()) is not { } found) return null;
        return new ServiceProposal("Sinatra", found.At, new(Words.Shell($"bundle exec ruby {Words.Quote(file.Path[scene.Tree.Prefix.Length..])} -o 127.0.0.1 -p \"$PORT\""), "the program itself, told its port", file.Place))
        {
            Name = scene.Service,
            Build = Build(gems, assets: false),
            Port = new(4567, "Sinatra's usual one"),
            Health = HealthSearch.Find(scene.Tree, ".rb") ?? (file.Find(SinatraRoot()) is { } root ? new("/", "no health address was found; the start page answers", root.At) : null),
            Environment = [("APP_ENV", new("production", "")), .. s_bundle],
        };
    }

    private static Proposed<string>? Build(SourceFile? gems, bool assets) => gems is null ? null : new(
        $"export {string.Join(' ', s_bundle.Select(variable => $"{variable.Name}={variable.Value.Value}"))}\nbundle install" + (assets ? "\nSECRET_KEY_BASE_DUMMY=1 RAILS_ENV=production bundle exec rails assets:precompile" : ""),
        "the gems of the Gemfile, beside the program", gems.Place);

    /// <summary>A command of the Gemfile's gems, that needs them for a build alone.</summary>
    public static string Bundled(string command) => $"export BUNDLE_PATH=vendor/bundle\nbundle install\nbundle exec {command}";

    private static IReadOnlyList<(string, Proposed<string>)> RailsEnvironment(Scene scene, Hit rails)
    {
        scene.Notes.Warn(InitIds.NeedsChange, "Rails keeps its secrets, logs and caches beside its source, and a release is read-only; expected SECRET_KEY_BASE and a database outside",
            rails.At, "env: { SECRET_KEY_BASE: \"…\", DATABASE_URL: \"…\" }", rails.Line);
        return
        [
            ("RAILS_ENV", new("production", "")), ("RAILS_LOG_TO_STDOUT", new("1", "logs are kept by Signalbox")), ("RAILS_SERVE_STATIC_FILES", new("1", "its assets, too")),
            ("BOOTSNAP_CACHE_DIR", new("/tmp", "a release is read-only")),
        ];
    }

    private static Proposed<string>? Root(Scene scene)
    {
        var root = scene.Tree.Read("config/routes.rb")?.Find(RailsRoot()) ?? scene.Tree.Ending(".rb", ".ru").Select(scene.Tree.Read).OfType<SourceFile>().Select(file => file.Find(SinatraRoot()) ?? file.Find(RackRun())).FirstOrDefault(hit => hit is not null);
        return root is null ? null : new("/", "no health address was found; the start page answers", root.At);
    }

    [GeneratedRegex("""^\s*gem\s+["']rails["']""")]
    private static partial Regex Rails();

    [GeneratedRegex("""^\s*gem\s+["']puma["']""")]
    private static partial Regex Puma();

    [GeneratedRegex("""^\s*require\s+["']sinatra["']""")]
    private static partial Regex Sinatra();

    [GeneratedRegex("""^\s*get\s*\(?\s*["']/["']""")]
    private static partial Regex SinatraRoot();

    [GeneratedRegex(@"^\s*run\s*(->|lambda|proc)")]
    private static partial Regex RackRun();

    [GeneratedRegex("""^\s*root\s+(?:to:|["'])""")]
    private static partial Regex RailsRoot();
}
