using System.Text.RegularExpressions;

namespace Signalbox.Delivery.Detection;

/// <summary>Go: the main package at the root or below cmd/, built to one file.</summary>
internal static partial class GoDetector
{
    private static readonly string[] Beside = ["templates", "static", "public", "assets", "web", "views", "config", "configs", "migrations"];

    public static IReadOnlyList<ServiceProposal> Detect(Scene scene)
    {
        if (scene.Tree.Read("go.mod") is not { } module) return [];
        var mains = scene.Tree.Ending(".go").Where(path => !path.EndsWith("_test.go", StringComparison.Ordinal) && path.Count(c => c == '/') <= 3)
            .Select(scene.Tree.Read).OfType<SourceFile>().Where(file => file.Find(MainPackage()) is not null && file.Find(MainFunction()) is not null).ToList();
        var web = mains.Where(file => Serves(scene.Tree, file)).ToList();
        if ((web.Count > 0 ? web : mains) is not { Count: > 0 } chosen) return [];
        if (chosen.Count == 1) return [Propose(scene, module, chosen[0], scene.Service, web.Count > 0)];
        return [.. chosen.Select(file => Propose(scene, module, file, Slugs.Of(Folder(scene, file)) ?? scene.Service, web.Count > 0)).DistinctBy(proposal => proposal.Name)];
    }

    private static string Folder(Scene scene, SourceFile file)
    {
        var path = file.Path[scene.Tree.Prefix.Length..];
        return path.Contains('/') ? path[..path.LastIndexOf('/')] : "";
    }

    /// <summary>The main file itself, or anything of the module where there is one program only.</summary>
    private static bool Serves(SourceTree tree, SourceFile main) =>
        main.Find(Serving()) is not null || (!tree.Has("cmd") && HealthSearch.Sources(tree, ".go").Any(file => file.Find(Serving()) is not null));

    private static ServiceProposal Propose(Scene scene, SourceFile module, SourceFile main, string service, bool isWeb)
    {
        var folder = Workshop.Of(service);
        var package = Folder(scene, main) is { Length: > 0 } path ? $"./{path}" : ".";
        var copies = Beside.Where(scene.Tree.HasFolder).ToList();
        var build = $"{Workshop.Empty(service)}\ngo build -trimpath -o {folder}/app {Words.Quote(package)}" + (copies.Count > 0 ? $"\ncp -R {string.Join(' ', copies)} {folder}/" : "");
        var sources = HealthSearch.Sources(scene.Tree, ".go").Prepend(main).ToList();
        var port = PortSearch.Find(sources, ReadsPort(), FixedPort());
        var flag = port.Reads is null ? sources.Select(file => file.Find(AddressFlag())).FirstOrDefault(hit => hit is not null) : null;
        var proposal = new ServiceProposal(isWeb ? "Go" : "Go worker", main.Place, Command(flag))
        {
            Name = service,
            Kind = isWeb ? ServiceKind.Web : ServiceKind.Worker,
            ApplicationName = module.Find(Module()) is { } named && Slugs.Of(named[1]) is { } slug ? new(slug, "", named.At) : null,
            Build = new(build, "one file, and the folders it may read", module.Place),
            Artifact = new(folder, "where the build writes to"),
        };
        if (!isWeb) return proposal;
        if (flag is null && port is { Reads: null, Fixed: { At: { } at } number })
            PortFindings.Warn(scene.Notes, at, port.FixedLine, number.Value, $"addr := \":\" + cmp.Or(os.Getenv(\"PORT\"), \"{number.Value}\")");
        return proposal with
        {
            Port = flag is not null && PortSearch.Number(flag.Match.Groups["port"].Value) is > 0 and var own ? new(own, "the program's own default", flag.At) : port.Fixed ?? new(8080, "Go's usual one"),
            Health = HealthSearch.Find(scene.Tree, ".go") ?? Root(sources),
        };
    }

    private static Proposed<IReadOnlyList<string>> Command(Hit? flag)
    {
        if (flag is null) return new(["./app"], "what go build makes");
        var value = flag[1] == "Int" ? "\"$PORT\"" : "\"127.0.0.1:$PORT\"";
        return new(Words.Shell($"./app -{flag[2]}={value}"), "told its port by its own option", flag.At);
    }

    private static Proposed<string>? Root(List<SourceFile> sources) =>
        sources.Select(file => file.Find(RootRoute())).FirstOrDefault(hit => hit is not null) is { } hit ? new("/", "no health address was found; the start page answers", hit.At) : null;

    [GeneratedRegex(@"^package main\b")]
    private static partial Regex MainPackage();

    [GeneratedRegex(@"^func main\(\)")]
    private static partial Regex MainFunction();

    [GeneratedRegex(@"^module\s+(\S+)")]
    private static partial Regex Module();

    [GeneratedRegex(@"ListenAndServe|http\.Serve\(|\.Listen\(|gin\.(Default|New)\(|echo\.New\(|fiber\.New\(|chi\.NewRouter\(")]
    private static partial Regex Serving();

    [GeneratedRegex("""(?:Getenv|LookupEnv)\(\s*"PORT"|env:"PORT""")]
    private static partial Regex ReadsPort();

    [GeneratedRegex("""(?:ListenAndServe(?:TLS)?|Addr:|\.Listen|\.Start|\.Run|Serve)\s*\(?\s*"[^":]*:(?<port>\d{2,5})"|:=\s*":(?<port>\d{2,5})"|"(?<port>\d{4,5})"\s*(?://.*)?$""")]
    private static partial Regex FixedPort();

    // flag.String("addr", ":8080", …), flag.Int("port", 8080, …), with Var or without
    [GeneratedRegex("""flag\.(String|Int)(?:Var)?\((?:[^,"]*,\s*)?"((?:listen|http|bind)?-?_?(?:addr|address|port))"\s*,\s*"?[\w.]*:?(?<port>\d{2,5})\b""")]
    private static partial Regex AddressFlag();

    [GeneratedRegex("""\b(?:HandleFunc|Handle|GET|Get)\(\s*"(?:GET )?/(?:\{\$\})?"\s*,""")]
    private static partial Regex RootRoute();
}
