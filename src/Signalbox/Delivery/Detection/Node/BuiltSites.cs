using System.Text.RegularExpressions;

namespace Signalbox.Delivery.Detection.Node;

/// <summary>Builders whose product is files: served by <c>signalbox static</c>.</summary>
internal static partial class BuiltSites
{
    private sealed record Builder(string Package, string What, string Folder, bool Spa = false, string[]? Configurations = null);

    private static readonly string[] ViteFiles = ["vite.config.ts", "vite.config.js", "vite.config.mts", "vite.config.mjs"];

    private static readonly Builder[] Builders =
    [
        new("astro", "Astro", "dist", Configurations: ["astro.config.mjs", "astro.config.ts", "astro.config.js"]),
        new("vitepress", "VitePress", ".vitepress/dist"),
        new("@docusaurus/core", "Docusaurus", "build"),
        new("gatsby", "Gatsby", "public"),
        new("@11ty/eleventy", "Eleventy", "_site", Configurations: ["eleventy.config.js", "eleventy.config.mjs", ".eleventy.js"]),
        new("react-scripts", "Create React App", "build", Spa: true),
        new("@vue/cli-service", "Vue CLI", "dist", Spa: true, Configurations: ["vue.config.js"]),
        new("@angular/build", "Angular", "dist", Spa: true),
        new("@angular-devkit/build-angular", "Angular", "dist", Spa: true),
        new("vite", "Vite", "dist", Spa: true, Configurations: ViteFiles),
        new("parcel", "Parcel", "dist"),
    ];

    public static ServiceProposal? Detect(NodeProject project)
    {
        if (!project.Builds) return null;
        foreach (var builder in Builders)
            if (project.Package.Dependency(builder.Package) is { } place) return Propose(project, builder, project.At(place));
        return null;
    }

    public static ServiceProposal Site(NodeProject project, string what, Place found, Proposed<string> folder, bool spa) =>
        project.Propose(what, found, new(spa ? ["signalbox", "static", "--spa", "."] : ["signalbox", "static", "."], spa ? "its files; other addresses are pages that index.html knows" : "its files")) with
        {
            Build = project.BuildInPlace(),
            Artifact = folder,
            Port = new(8080, "no port of its own"),
            Health = new("/", "index.html"),
            Sticky = NodeProject.OneRelease,
        };

    private static ServiceProposal? Propose(NodeProject project, Builder builder, Place found)
    {
        // a library is built by Vite, too
        if (builder.Package == "vite" && !project.Tree.Has("index.html")) return null;
        return Site(project, builder.What, found, Folder(project, builder), builder.Spa);
    }

    private static Proposed<string> Folder(NodeProject project, Builder builder)
    {
        if (builder.What == "Angular") return Angular(project);
        var configured = (builder.Configurations ?? []).Select(project.Tree.Read).OfType<SourceFile>().Select(file => file.Find(OutFolder())).FirstOrDefault(hit => hit is not null);
        if (configured is not null && IsBelow(configured[1])) return new(configured[1].TrimStart('.', '/'), "where its configuration says", configured.At);
        return new(builder.What == "VitePress" && project.Tree.HasFolder("docs/.vitepress") ? "docs/.vitepress/dist" : builder.Folder, $"where {builder.What} builds to");
    }

    /// <summary>angular.json: projects.NAME.architect.build.options.outputPath, "dist/NAME" where it is left out; the newer builder adds browser/.</summary>
    private static Proposed<string> Angular(NodeProject project)
    {
        var root = project.Tree.Read("angular.json") is { } file ? JsonPlaces.Read(file, project.Scene.Notes) : null;
        if (root?["projects"]?.Members is not [var (name, described), ..]) return new("dist", "where Angular builds to");
        var build = (described["architect"] ?? described["targets"])?["build"];
        var path = build?["options"]?["outputPath"];
        var folder = path?.Text ?? path?["base"]?.Text ?? $"dist/{name}";
        if (!IsBelow(folder)) folder = "dist";
        var browser = build?["builder"]?.Text?.EndsWith(":application", StringComparison.Ordinal) == true ? "/browser" : "";
        return new(folder.TrimEnd('/') + browser, "where Angular builds to", new(project.Tree.Prefix + "angular.json", path?.Line ?? described.Line));
    }

    private static bool IsBelow(string folder) => FolderName().IsMatch(folder) && !folder.Split('/').Contains("..");

    [GeneratedRegex("""(?:outDir|outputDir|output|dir)\s*:\s*["'`]([\w./-]{1,100})["'`]""")]
    private static partial Regex OutFolder();

    [GeneratedRegex(@"^(?:\./)?\w[\w./-]{0,99}$")]
    private static partial Regex FolderName();
}
