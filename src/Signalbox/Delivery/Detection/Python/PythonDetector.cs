using System.Text.RegularExpressions;

namespace Signalbox.Delivery.Detection.Python;

/// <summary>Python: Django, Flask, FastAPI and its like by a server for production, else the program itself.</summary>
internal static partial class PythonDetector
{
    private const int Threads = 4;

    public static ServiceProposal? Detect(Scene scene)
    {
        var project = PythonProject.Of(scene);
        if (!project.IsThere && !scene.Tree.Has("manage.py")) return null;
        var proposal = DjangoDetector.Detect(project) ?? Application(project) ?? Program(project);
        return proposal is null ? null : proposal with { ApplicationName = Name(scene.Tree) };
    }

    public static ServiceProposal Wsgi(PythonProject project, string what, Place found, string target)
    {
        var server = Server(project, found, "gunicorn", "waitress");
        var command = server.Name switch
        {
            "waitress" => Words.Shell($"{project.Interpreter} -m waitress --listen=\"127.0.0.1:$PORT\" {Words.Quote(target.Replace("()", "", StringComparison.Ordinal))}{(target.EndsWith("()", StringComparison.Ordinal) ? " --call" : "")}"),
            _ => Words.Shell($"{project.Interpreter} -m gunicorn --bind \"127.0.0.1:$PORT\" --threads {Threads} {Words.Quote(target)}"),
        };
        return project.WithBuild(new(what, found, new(command, $"{server.Name}, told its port")) { Name = project.Scene.Service }, server.Added);
    }

    private static ServiceProposal Asgi(PythonProject project, string what, Place found, string target)
    {
        var server = Server(project, found, "uvicorn", "hypercorn");
        var command = server.Name == "hypercorn"
            ? Words.Shell($"{project.Interpreter} -m hypercorn --bind \"127.0.0.1:$PORT\" {Words.Quote(target)}")
            : Words.Shell($"{project.Interpreter} -m uvicorn --host 127.0.0.1 --port \"$PORT\" {Words.Quote(target)}");
        return project.WithBuild(new(what, found, new(command, $"{server.Name}, told its port")) { Name = project.Scene.Service }, server.Added);
    }

    private static (string Name, string? Added) Server(PythonProject project, Place found, params string[] servers)
    {
        if (servers.FirstOrDefault(project.Names) is { } named) return (named, null);
        if (project.Requirements is { } file)
        {
            project.Scene.Notes.Tell(InitIds.NeedsChange, $"'{file.Path}' names no server for production, so the build adds {servers[0]}; expected it there with its version", file.Place, file.Path.EndsWith(".txt", StringComparison.Ordinal) ? $"echo {servers[0]} >> {file.Path}" : $"dependencies = [\"{servers[0]}\"]");
            return (servers[0], servers[0]);
        }
        project.Scene.Notes.Tell(InitIds.NeedsChange, $"there is no requirements.txt, so the packages of {project.Interpreter} are used, {servers[0]} among them; expected the packages to go out with the release",
            found, $"{project.Interpreter} -m pip freeze > requirements.txt");
        return (servers[0], null);
    }

    /// <summary>An application object in one of the project's files.</summary>
    private static ServiceProposal? Application(PythonProject project)
    {
        var sources = HealthSearch.Sources(project.Tree, ".py").OrderBy(file => file.Path.Count(c => c == '/')).ToList();
        foreach (var file in sources)
        {
            if (file.Find(Object()) is { } hit) return Web(project, file, hit, hit[1]);
            if (file.Find(Factory()) is { } factory && file.Find(MadeInside()) is { } made) return Web(project, file, made, factory[1] + "()");
        }
        return null;
    }

    private static ServiceProposal Web(PythonProject project, SourceFile file, Hit hit, string target)
    {
        var what = hit.Match.Groups["kind"].Value;
        var path = file.Path[project.Tree.Prefix.Length..^3];
        var source = path.StartsWith("src/", StringComparison.Ordinal);
        var module = (source ? path[4..] : path).Replace('/', '.');
        if (module.EndsWith(".__init__", StringComparison.Ordinal)) module = module[..^9];
        var isAsgi = what is "FastAPI" or "Starlette" or "Litestar" or "Quart";
        var proposal = isAsgi ? Asgi(project, what, hit.At, $"{module}:{target}{(target.EndsWith("()", StringComparison.Ordinal) ? " --factory" : "")}".Replace("() --factory", " --factory", StringComparison.Ordinal)) : Wsgi(project, what, hit.At, $"{module}:{target}");
        if (source) proposal = proposal with { Environment = [.. proposal.Environment.Where(v => v.Name != "PYTHONPATH"), ("PYTHONPATH", new("src:site-packages", "its source, and the packages that the build adds"))] };
        return proposal with
        {
            Port = new(isAsgi ? 8000 : 5000, $"{what}'s usual one"),
            Health = HealthSearch.Find(project.Tree, ".py") ?? Root(project),
        };
    }

    private static Proposed<string>? Root(PythonProject project) =>
        HealthSearch.Sources(project.Tree, ".py").Select(file => file.Find(RootRoute())).FirstOrDefault(hit => hit is not null) is { } hit ? new("/", "no health address was found; the start page answers", hit.At) : null;

    private static ServiceProposal? Program(PythonProject project)
    {
        var file = project.Tree.ReadFirst("main.py", "server.py", "app.py", "run.py", "worker.py", "bot.py", "src/main.py");
        if (file is null) return null;
        var path = file.Path[project.Tree.Prefix.Length..];
        var serves = file.Find(Serving());
        var proposal = project.WithBuild(new(serves is null ? "Python worker" : "Python", serves?.At ?? file.Place, new([project.Interpreter, path], "the program itself", file.Place))
        {
            Name = project.Scene.Service,
            Kind = serves is null ? ServiceKind.Worker : ServiceKind.Web,
        }, null);
        if (serves is null) return proposal;
        var port = PortSearch.Find([file], ReadsPort(), FixedPort());
        if (port is { Reads: null, Fixed: { At: { } at } number }) PortFindings.Warn(project.Scene.Notes, at, port.FixedLine, number.Value, $"int(os.environ.get(\"PORT\", \"{number.Value}\"))");
        return proposal with { Port = port.Fixed ?? new(8000, "Python's usual one"), Health = HealthSearch.Find(project.Tree, ".py") ?? Root(project) };
    }

    private static Proposed<string>? Name(SourceTree tree) =>
        tree.Read("pyproject.toml")?.Find(ProjectName()) is { } hit && Slugs.Of(hit[1]) is { } slug ? new(slug, "", hit.At) : null;

    [GeneratedRegex(@"^(\w{1,60})\s*(?::\s*[\w.]+\s*)?=\s*(?:\w+\.)?(?<kind>Flask|FastAPI|Starlette|Litestar|Quart|Bottle)\(")]
    private static partial Regex Object();

    [GeneratedRegex(@"^def\s+(create_app|make_app|build_app)\s*\(\s*(?:\w+\s*(?::[^=,]+)?=[^,)]*,?\s*)*\)")]
    private static partial Regex Factory();

    [GeneratedRegex(@"^\s+(\w{1,60})\s*(?::\s*[\w.]+\s*)?=\s*(?:\w+\.)?(?<kind>Flask|FastAPI|Starlette|Litestar|Quart|Bottle)\(")]
    private static partial Regex MadeInside();

    [GeneratedRegex("""@\w+\.(?:route|get)\(\s*["']/["']|Route\(\s*["']/["']""")]
    private static partial Regex RootRoute();

    [GeneratedRegex(@"HTTPServer\(|web\.run_app\(|socketserver|\.listen\(|serve_forever\(|make_server\(|uvicorn\.run\(|app\.run\(")]
    private static partial Regex Serving();

    [GeneratedRegex("""environ(?:\.get)?[\[(]\s*["']PORT["']|getenv\(\s*["']PORT["']""")]
    private static partial Regex ReadsPort();

    [GeneratedRegex("""(?i)(?:\bport\s*=\s*|\(\s*(?:["'][\w.]*["']|HOST|host)\s*,\s*|\.listen\(\s*)(?<port>\d{4,5})\b""")]
    private static partial Regex FixedPort();

    [GeneratedRegex("""^name\s*=\s*["']([^"']{1,100})["']""")]
    private static partial Regex ProjectName();
}
