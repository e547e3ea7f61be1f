namespace Signalbox.Delivery.Detection;

/// <summary>Sites that are nothing but files, made by hand or by a generator.</summary>
internal static class StaticDetector
{
    private sealed record Generator(string What, string[] Files, string Build, string Folder);

    private static readonly Generator[] Generators =
    [
        new("Hugo", ["hugo.toml", "hugo.yaml", "hugo.json"], "hugo --minify", "public"),
        new("MkDocs", ["mkdocs.yml"], "mkdocs build", "site"),
        new("Zola", ["config.toml"], "zola build", "public"),
        new("Jekyll", ["_config.yml"], "jekyll build", "_site"),
        new("mdBook", ["book.toml"], "mdbook build", "book"),
    ];

    private static readonly string[] Folders = ["", "public", "site", "www", "html", "dist", "_site", "docs"];

    public static ServiceProposal? Detect(Scene scene)
    {
        foreach (var generator in Generators)
            if (generator.Files.FirstOrDefault(scene.Tree.Has) is { } file && (generator.What != "Zola" || scene.Tree.HasFolder("templates")))
                return Site(scene, generator.What, scene.Tree.At(file), new(generator.Folder, $"where {generator.What} builds to")) with
                {
                    Build = new(generator.What == "Jekyll" && scene.Tree.Has("Gemfile") ? RubyDetector.Bundled(generator.Build) : generator.Build, $"what {generator.What} builds with", scene.Tree.At(file)),
                };
        foreach (var folder in Folders)
            if (scene.Tree.Has(folder.Length > 0 ? $"{folder}/index.html" : "index.html"))
                return Site(scene, "static site", scene.Tree.At(folder.Length > 0 ? $"{folder}/index.html" : "index.html"), new(folder.Length > 0 ? folder : ".", "where index.html lies"));
        return null;
    }

    private static ServiceProposal Site(Scene scene, string what, Place found, Proposed<string> folder) =>
        new(what, found, new(["signalbox", "static", "."], "its files"))
        {
            Name = scene.Service,
            Artifact = folder,
            Port = new(8080, "no port of its own"),
            Health = new("/", "index.html"),
            Ignore = ["signalbox.yaml"],
            Sticky = "a page and the files it asks for belong to one release",
        };
}
