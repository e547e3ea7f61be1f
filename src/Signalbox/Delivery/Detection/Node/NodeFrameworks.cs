using System.Text.RegularExpressions;

namespace Signalbox.Delivery.Detection.Node;

/// <summary>Frameworks whose build makes a server.</summary>
internal static partial class NodeFrameworks
{
    private static readonly string[] PageEndings = [".js", ".jsx", ".ts", ".tsx", ".md", ".mdx", ".vue", ".svelte", ".astro"];
    private static readonly string[] NextFiles = ["next.config.ts", "next.config.js", "next.config.mjs", "next.config.cjs"];
    private static readonly string[] SvelteFiles = ["svelte.config.js", "svelte.config.ts", "svelte.config.mjs"];
    private static readonly string[] AstroFiles = ["astro.config.mjs", "astro.config.ts", "astro.config.js"];

    public static ServiceProposal? Detect(NodeProject project)
    {
        var package = project.Package;
        if (!project.Builds) return null;
        if (package.Dependency("next") is { } next) return Next(project, project.At(next));
        if (package.Dependency("nuxt") is { } nuxt) return Nuxt(project, project.At(nuxt));
        if (package.Dependency("@sveltejs/kit") is { } svelte) return Svelte(project, project.At(svelte));
        if (package.Dependency("@astrojs/node") is { } astro) return Astro(project, project.At(astro));
        return package.Dependency("@angular/ssr") is { } angular ? AngularSsr(project, project.At(angular)) : null;
    }

    private static ServiceProposal Next(NodeProject project, Place found)
    {
        var configuration = project.Tree.ReadFirst(NextFiles);
        var output = configuration?.Find(NextOutput());
        if (output?[1] == "export") return BuiltSites.Site(project, "Next.js", found, new("out", "where it exports to", output.At), spa: false);
        var node = project.Scene.Programs.Named("node");
        var proposal = project.Propose("Next.js", found, new([node, "node_modules/next/dist/bin/next", "start"], "`next start`, without npm in between so that the signal to stop reaches it")) with
        {
            Build = project.BuildCopy(".next") is { } build ? build with { Value = build.Value + $"\nrm -rf {Workshop.Of(project.Scene.Service)}/.next/cache" } : null,
            Artifact = new(Workshop.Of(project.Scene.Service), "the copy that the build makes, without devDependencies"),
            Environment = [NodeProject.Production],
        };
        if (output?[1] == "standalone")
            proposal = proposal with
            {
                Command = new([node, "server.js"], "its standalone server", output.At),
                Build = Standalone(project),
                Artifact = new(".next/standalone", "its standalone build", output.At),
                Environment = [NodeProject.Production, ("HOSTNAME", new("127.0.0.1", "where it listens"))],
            };
        return Web(project, proposal, 3000, Page(project, "app/page", "src/app/page", "pages/index", "src/pages/index"),
            Route(project, ["app", "src/app"], "route") ?? Route(project, ["pages", "src/pages"], null));
    }

    private static Proposed<string>? Standalone(NodeProject project)
    {
        var assets = "cp -R .next/static .next/standalone/.next/" + (project.Tree.HasFolder("public") ? "\ncp -R public .next/standalone/" : "");
        return project.BuildInPlace() is { } build ? build with { Value = $"{build.Value}\n{assets}" } : null;
    }

    private static ServiceProposal Nuxt(NodeProject project, Place found)
    {
        if (project.Package.Script("build")?.Text?.Contains("generate", StringComparison.Ordinal) == true)
            return BuiltSites.Site(project, "Nuxt", found, new(".output/public", "where it generates to"), spa: false);
        var proposal = project.Propose("Nuxt", found, new([project.Scene.Programs.Named("node"), "server/index.mjs"], "what its build starts with")) with
        {
            Build = project.BuildInPlace(),
            Artifact = new(".output", "its build, which needs no node_modules"),
            Environment = [NodeProject.Production],
        };
        return Web(project, proposal, 3000, Page(project, "app/pages/index", "pages/index", "app/app", "app"), Route(project, ["server", "server/routes"], ""));
    }

    private static ServiceProposal Svelte(NodeProject project, Place found)
    {
        if (project.Package.Dependency("@sveltejs/adapter-static") is { } site)
            return BuiltSites.Site(project, "SvelteKit", project.At(site), new("build", "where its static adapter builds to"), spa: false);
        if (project.Package.Dependency("@sveltejs/adapter-node") is null)
        {
            var configuration = project.Tree.ReadFirst(SvelteFiles);
            project.Scene.Notes.Warn(InitIds.NeedsChange, "SvelteKit has no adapter that makes a server here; expected @sveltejs/adapter-node in svelte.config.js",
                configuration?.Place ?? found, "npm install -D @sveltejs/adapter-node && sed -i 's/adapter-auto/adapter-node/' svelte.config.js");
        }
        var proposal = project.Propose("SvelteKit", found, new([project.Scene.Programs.Named("node"), "build"], "what its node adapter starts with"));
        proposal = project.WithBuild(proposal with { Environment = [NodeProject.Production] });
        return Web(project, proposal, 3000, Page(project, "src/routes/+page"), Route(project, ["src/routes"], "+server"));
    }

    private static ServiceProposal Astro(NodeProject project, Place found)
    {
        var middleware = project.Tree.ReadFirst(AstroFiles)?.Find(AstroMiddleware());
        if (middleware is not null)
            project.Scene.Notes.Warn(InitIds.NeedsChange, "Astro's node adapter is in mode 'middleware', which starts no server; expected 'standalone'", middleware.At, "mode: 'standalone'", middleware.Line);
        var proposal = project.Propose("Astro", found, new([project.Scene.Programs.Named("node"), "dist/server/entry.mjs"], "what its node adapter starts with"));
        proposal = project.WithBuild(proposal with { Environment = [NodeProject.Production] });
        return Web(project, proposal, 4321, Page(project, "src/pages/index"), Route(project, ["src/pages"], null));
    }

    private static ServiceProposal AngularSsr(NodeProject project, Place found)
    {
        var projects = project.Tree.Read("angular.json") is { } file ? JsonPlaces.Read(file, project.Scene.Notes)?["projects"]?.Members : null;
        var folder = projects is [var (name, _), ..] && Slugs.Of(name) == name ? name : null;
        var proposal = project.Propose("Angular", found, new([project.Scene.Programs.Named("node"), $"dist/{folder ?? "app"}/server/server.mjs"], "what its build starts with"));
        return Web(project, project.WithBuild(proposal with { Environment = [NodeProject.Production] }), 4000, new("/", "no health address was found; the start page answers"), null);
    }

    private static ServiceProposal Web(NodeProject project, ServiceProposal proposal, int port, Proposed<string>? page, Proposed<string>? health) => proposal with
    {
        Port = new(port, $"{proposal.What}'s usual one"),
        Health = health ?? page,
        Sticky = NodeProject.OneRelease,
    };

    private static Proposed<string>? Page(NodeProject project, params string[] names)
    {
        var file = project.Tree.Files.FirstOrDefault(f => names.Contains(Path.ChangeExtension(f, null)) && PageEndings.Contains(Path.GetExtension(f)));
        return file is null ? null : new("/", "no health address was found; the start page answers", project.Tree.At(file));
    }

    /// <summary>Routes that are files: FOLDER/api/health/route.ts (with <paramref name="handler"/>) or FOLDER/api/health.ts (null or empty).</summary>
    private static Proposed<string>? Route(NodeProject project, string[] folders, string? handler)
    {
        foreach (var name in new[] { "healthz", "livez", "health", "healthcheck", "up", "status", "ping" })
            foreach (var path in folders.SelectMany(folder => new[] { $"{folder}/{name}", $"{folder}/api/{name}" }))
            {
                var start = string.IsNullOrEmpty(handler) ? path + "." : $"{path}/{handler}.";
                if (project.Tree.Files.FirstOrDefault(f => f.StartsWith(start, StringComparison.Ordinal)) is { } file)
                    return new(path.Contains("/api/", StringComparison.Ordinal) ? $"/api/{name}" : $"/{name}", "it answers when all is well", project.Tree.At(file));
            }
        return null;
    }

    [GeneratedRegex("""\boutput\s*:\s*["'`](export|standalone)["'`]""")]
    private static partial Regex NextOutput();

    [GeneratedRegex("""mode\s*:\s*["'`]middleware["'`]""")]
    private static partial Regex AstroMiddleware();
}
