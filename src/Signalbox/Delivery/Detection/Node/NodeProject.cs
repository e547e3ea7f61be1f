namespace Signalbox.Delivery.Detection.Node;

/// <summary>A Node project under detection, and the parts that its proposals share.</summary>
internal sealed record NodeProject(Scene Scene, PackageFile Package, PackageManager Manager)
{
    public const string OneRelease = "a page and the files it asks for belong to one release";

    public SourceTree Tree => Scene.Tree;

    public Place At(JsonPlace place) => Package.At(place);

    public ServiceProposal Propose(string what, Place found, Proposed<IReadOnlyList<string>> command) =>
        new(what, found, command) { Name = Scene.Service, ApplicationName = Name() };

    /// <summary>The environment in which Node's frameworks leave development things out.</summary>
    public static (string, Proposed<string>) Production => ("NODE_ENV", new("production", "what Node's frameworks look at"));

    /// <summary>Installs and builds where the source is.</summary>
    /// <returns>Null where there is nothing to do.</returns>
    public Proposed<string>? BuildInPlace()
    {
        var lines = Steps();
        return lines.Count == 0 ? null : new(string.Join('\n', lines), BuildReason(), BuildPlace());
    }

    /// <summary>
    /// Builds where the source is and packs a copy without what only development needs: pruned where the developer works,
    /// node_modules would lack it the next time.
    /// </summary>
    /// <param name="hidden">Folders with a dot that the program needs; a shell's * leaves them out.</param>
    public Proposed<string>? BuildCopy(params string[] hidden)
    {
        var workshop = Workshop.Of(Scene.Service);
        List<string> lines =
        [
            .. Steps(), Workshop.Empty(Scene.Service), $"cp -R {string.Join(' ', ["*", .. hidden])} {workshop}/",
            .. Package.HasDevelopment ? [$"(cd {workshop} && {Manager.Prune})"] : Array.Empty<string>(),
        ];
        return new(string.Join('\n', lines), BuildReason(), BuildPlace());
    }

    /// <summary>The two above, whichever suits: with development's packages a copy without them.</summary>
    public ServiceProposal WithBuild(ServiceProposal proposal, bool keepDevelopment = false)
    {
        if (!Package.HasDevelopment || keepDevelopment)
            return proposal with { Build = BuildInPlace() };
        return proposal with { Build = BuildCopy(), Artifact = new(Workshop.Of(Scene.Service), "the copy that the build makes, without devDependencies") };
    }

    public bool Builds => Package.Script("build") is { Text: { } text } && !text.Contains("docker ", StringComparison.Ordinal);

    private List<string> Steps() =>
        [.. Package.HasAny ? [Manager.Install] : Array.Empty<string>(), .. Builds ? [$"{Manager.Run} build"] : Array.Empty<string>()];

    private string BuildReason() => Manager.LockFile is { } file ? $"the packages of {Path.GetFileName(file.Path)}{(Builds ? ", then its build script" : "")}" : Builds ? "its build script" : "its packages";

    private Place BuildPlace() => Builds ? At(Package.Script("build")!) : Package.File.Place;

    private Proposed<string>? Name() =>
        Package.Root["name"] is { Text: { } text } place && Slugs.Of(text) is { } slug ? new(slug, "", At(place)) : null;
}
