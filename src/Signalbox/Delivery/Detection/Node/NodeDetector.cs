using System.Text.RegularExpressions;

namespace Signalbox.Delivery.Detection.Node;

/// <summary>Node: frameworks with a server of their own, then whatever package.json starts, then what is built to files.</summary>
internal static partial class NodeDetector
{
    private static readonly string[] Sources = [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx", ".jsx"];

    private static readonly (string Package, string What)[] WebPackages =
    [
        ("express", "Express"), ("fastify", "Fastify"), ("koa", "Koa"), ("@nestjs/core", "NestJS"), ("@hapi/hapi", "hapi"), ("hono", "Hono"),
        ("polka", "Polka"), ("restify", "Restify"), ("@adonisjs/core", "AdonisJS"), ("@feathersjs/feathers", "Feathers"), ("socket.io", "Socket.IO"),
        ("ws", "WebSocket"), ("@apollo/server", "Apollo Server"), ("@remix-run/serve", "Remix"), ("@react-router/serve", "React Router"), ("@sveltejs/adapter-node", "SvelteKit"),
    ];

    public static ServiceProposal? Detect(Scene scene)
    {
        if (PackageFile.Read(scene.Tree, scene.Notes) is not { } package) return null;
        var project = new NodeProject(scene, package, PackageManager.Of(scene.Tree, package));
        var proposal = NodeFrameworks.Detect(project) ?? Server(project) ?? BuiltSites.Detect(project);
        if (proposal is not null) Tell(project);
        return proposal;
    }

    private static void Tell(NodeProject project)
    {
        if (project.Package.HasAny && project.Manager.LockFile is null)
            project.Scene.Notes.Tell(InitIds.NoLockFile, "there is no lock file, so two builds of one commit may differ; expected package-lock.json or its like",
                project.Package.File.Place, "npm install --package-lock-only && git add package-lock.json");
    }

    /// <summary>What a script or the main file starts.</summary>
    private static ServiceProposal? Server(NodeProject project)
    {
        var script = StartScript.Find(project.Package);
        var entry = script?.Entry ?? (script is null ? MainFile(project) : null);
        if (script is null && entry is null) return null;
        var sources = Entries(project, entry).ToList();
        var (what, found) = WebPackage(project, script);
        var listens = sources.Select(file => file.Find(Listen())).FirstOrDefault(hit => hit is not null);
        var command = Command(project, script, entry!);
        if (what is null && listens is null) return Worker(project, script, entry, command);
        var port = PortSearch.Find(sources, ReadsPort(), FixedPort());
        if (port is { Reads: null, Fixed: { At: { } at } number }) PortFindings.Warn(project.Scene.Notes, at, port.FixedLine, number.Value, $"process.env.PORT || {number.Value}");
        var proposal = project.Propose(what ?? "Node", found ?? listens!.At, command) with
        {
            Port = port.Fixed ?? new(3000, "Node's usual one"),
            Health = HealthSearch.Find(project.Tree, Sources) ?? Root(project),
            Environment = Variables(script),
        };
        return project.WithBuild(proposal, keepDevelopment: script?.Tool is { } tool && IsDevelopmentTool(project, tool));
    }

    private static ServiceProposal? Worker(NodeProject project, StartScript? script, string? entry, Proposed<IReadOnlyList<string>> command)
    {
        // a file that is named as main but starts nothing is a library
        if (script is null) return null;
        var found = project.At(script.Script);
        var proposal = project.Propose("Node worker", found, command) with { Kind = ServiceKind.Worker, Environment = Variables(script) };
        return project.WithBuild(proposal, keepDevelopment: script.Tool is { } tool && IsDevelopmentTool(project, tool));
    }

    private static Proposed<IReadOnlyList<string>> Command(NodeProject project, StartScript? script, string entry)
    {
        if (script is null) return new(["node", entry], "the main file", project.Tree.At(entry));
        var at = project.At(script.Script);
        if (script.Command is not { } words) return new([project.Manager.Name, "run", script.Name], $"script \"{script.Name}\"", at);
        return new([words[0] == "node" ? project.Scene.Programs.Named("node") : words[0], .. words.Skip(1)], $"script \"{script.Name}\", started directly so that the signal to stop reaches it", at);
    }

    private static List<(string, Proposed<string>)> Variables(StartScript? script)
    {
        var own = (script?.Environment ?? []).Select(variable => (variable.Name, new Proposed<string>(variable.Value, "from the start script"))).ToList();
        return own.Exists(variable => variable.Name == "NODE_ENV") ? own : [NodeProject.Production, .. own];
    }

    private static bool IsDevelopmentTool(NodeProject project, string tool) =>
        project.Package.Production(tool) is null && (project.Package.IsDevelopment(tool) || tool is "tsx" or "ts-node" || !project.Package.HasDevelopment);

    private static (string? What, Place? Found) WebPackage(NodeProject project, StartScript? script)
    {
        foreach (var (name, what) in WebPackages)
            if (project.Package.Production(name) is { } place) return (what, project.At(place));
        return (null, script is null ? null : project.At(script.Script));
    }

    private static string? MainFile(NodeProject project)
    {
        var main = project.Package.Root["main"]?.Text;
        return new[] { "server.js", "server.mjs", main, "app.js", "index.js", "src/server.js", "src/index.js", "src/app.js" }
            .OfType<string>().FirstOrDefault(file => project.Tree.Read(file)?.Find(Listen()) is not null);
    }

    /// <summary>The entry first, then all else: what is built lies in a folder that is not looked into, its source elsewhere.</summary>
    private static IEnumerable<SourceFile> Entries(NodeProject project, string? entry)
    {
        var first = entry is null ? null : project.Tree.Read(entry) ?? project.Tree.Read(entry + ".js");
        var rest = HealthSearch.Sources(project.Tree, Sources).Where(file => !file.Path.EndsWith(".config.js", StringComparison.Ordinal) && !file.Path.EndsWith(".config.ts", StringComparison.Ordinal));
        return first is null ? rest : rest.Where(file => file != first).Prepend(first);
    }

    /// <summary>A route for "/" that is surely the application's own, and not one below a router's prefix.</summary>
    private static Proposed<string>? Root(NodeProject project)
    {
        foreach (var file in HealthSearch.Sources(project.Tree, Sources))
        {
            if (file.Find(OwnRoot()) is { } own) return new("/", "no health address was found; the start page answers", own.At);
            if (RootFile().IsMatch(file.Path[project.Tree.Prefix.Length..]) && file.Find(RouterRoot()) is { } routed) return new("/", "no health address was found; the start page answers", routed.At);
            if (file.Find(NestRoot()) is { } nest && file.Find(NestGet()) is not null) return new("/", "no health address was found; the start page answers", nest.At);
        }
        return null;
    }

    [GeneratedRegex("""process\.env\.(?:[A-Z_]*_)?PORT\b|process\.env\[["']PORT["']\]|\bPORT\b[^=]*=\s*process\.env|\benv\.PORT\b|Deno\.env\.get\(["']PORT""")]
    private static partial Regex ReadsPort();

    [GeneratedRegex("""(?i)(?:\.listen\(\s*(?:\{[^}]*\bport:\s*)?|\bport\s*[:=]\s*)(?<port>\d{2,5})\b""")]
    private static partial Regex FixedPort();

    [GeneratedRegex(@"\.listen\(|\bcreateServer\(|\bserve\(\s*\{|Bun\.serve\(|Deno\.serve\(|new WebSocketServer\(|new Server\(")]
    private static partial Regex Listen();

    [GeneratedRegex("""\b(?:app|server|fastify|api)\s*\.\s*(?:get|all|route)\(\s*["'`]/["'`]""")]
    private static partial Regex OwnRoot();

    [GeneratedRegex("""\brouter\s*\.\s*(?:get|all)\(\s*["'`]/["'`]""")]
    private static partial Regex RouterRoot();

    [GeneratedRegex(@"^(?:src/|server/)?(?:routes/)?(?:index|root|app|server|main|home)\.[cm]?[jt]s$")]
    private static partial Regex RootFile();

    [GeneratedRegex(@"^\s*@Controller\(\s*\)")]
    private static partial Regex NestRoot();

    [GeneratedRegex(@"^\s*@Get\(\s*\)")]
    private static partial Regex NestGet();
}
