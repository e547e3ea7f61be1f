using Signalbox.Diagnostics;

namespace Signalbox.Delivery.Detection;

/// <summary>Finds out what a directory holds and how it could be delivered. Reads files, starts nothing.</summary>
public static class ApplicationDetector
{
    private const int MostFolders = 40, MostServices = 20;

    /// <summary>Folders that hold a project's parts, beside those at the top.</summary>
    private static readonly string[] Shelves = ["apps", "services", "packages", "projects", "src"];

    /// <summary>In the order in which they win: what names its server for sure comes before what may only build its pages.</summary>
    private static readonly (string Kind, Func<Scene, IReadOnlyList<ServiceProposal>> Detect)[] Detectors =
    [
        ("dotnet", DotnetDetector.Detect),
        ("java", One(JavaDetector.Detect)),
        ("go", GoDetector.Detect),
        ("ruby", One(RubyDetector.Detect)),
        ("php", One(PhpDetector.Detect)),
        ("node", One(Node.NodeDetector.Detect)),
        ("python", One(Python.PythonDetector.Detect)),
        ("static", One(StaticDetector.Detect)),
    ];

    public static IEnumerable<string> Kinds => Detectors.Select(detector => detector.Kind);

    /// <param name="directory">As the user gave it.</param>
    /// <param name="kind">One of <see cref="Kinds"/>; null for whichever is there.</param>
    public static DetectedApplication Detect(string directory, DeliverySurroundings surroundings, string? kind = null)
    {
        var notes = new Notes(directory);
        var tree = SourceTree.Open(directory, notes);
        var programs = new Programs(surroundings);
        var services = At(new(tree, Reading.DeliveryDefaults.SingleService, notes, programs), kind);
        if (services.Count == 0 || IsFolderOfPages(services)) services = InFolders(tree, notes, programs, kind) is { Count: > 0 } parts ? parts : services;
        if (services is [{ Kind: ServiceKind.Worker, Name: Reading.DeliveryDefaults.SingleService } alone]) services = [alone with { Name = "worker" }];
        var named = services.Select(service => service.ApplicationName).FirstOrDefault(name => name is not null && services.Count == 1)
            ?? new(Slugs.Of(Path.GetFileName(Path.GetFullPath(directory).TrimEnd('/'))) ?? "app", "this directory's name");
        if (services.Count == 0) return new(named, [], [.. notes.Findings, Nothing(directory, notes)]);
        foreach (var service in services) MissingPrograms.Tell(service, programs, notes);
        var ports = new Ports(surroundings);
        return new(named, [.. services.Select(service => service with { Port = service.Port is { } port ? ports.Choose(port) : null, Ignore = Present(tree, service.Ignore) })], notes.Findings);
    }

    /// <summary>Pages in a folder may be one part of several.</summary>
    private static bool IsFolderOfPages(IReadOnlyList<ServiceProposal> services) => services is [{ Build: null, Artifact.Value: not ".", Found.Path: { } page }] && page.EndsWith("/index.html", StringComparison.Ordinal);

    /// <summary>Of the patterns for one path those that name something; the others only together with one of these.</summary>
    private static List<string> Present(SourceTree tree, IReadOnlyList<string> patterns)
    {
        bool IsPath(string pattern) => pattern[0] == '/' && !pattern.Contains('*');
        var kept = patterns.Where(pattern => !IsPath(pattern) || tree.Has(pattern.Trim('/'))).ToList();
        return kept.Exists(pattern => IsPath(pattern) || pattern[0] is not ('/' or '!')) ? kept : [];
    }

    private static Func<Scene, IReadOnlyList<ServiceProposal>> One(Func<Scene, ServiceProposal?> detect) => scene => detect(scene) is { } found ? [found] : [];

    /// <summary>What lies in one directory itself.</summary>
    private static IReadOnlyList<ServiceProposal> At(Scene scene, string? kind)
    {
        IReadOnlyList<ServiceProposal> services = [];
        foreach (var (name, detect) in Detectors.Where(detector => kind is null || detector.Kind == kind))
        {
            // a detector that did not win shall not be heard either
            var mine = services.Count == 0;
            var found = detect(mine ? scene : scene with { Notes = new("") });
            if (mine) services = found;
            else if (found.Count > 0 && name != "static") AlsoFound(scene, services[0], found[0], name);
        }
        if (services.Count > 0) EnvironmentFiles.Tell(scene.Tree, scene.Notes);
        return [.. Procfile.Apply(scene, services).Select(service => Dockerfile.Apply(scene.Tree, service))];
    }

    private static void AlsoFound(Scene scene, ServiceProposal chosen, ServiceProposal other, string kind)
    {
        // tools around a server (its pages' builder, a script) are no application of their own
        if (other.Kind == ServiceKind.Worker || other.Command.Value.Contains("static")) return;
        scene.Notes.Tell(InitIds.AlsoFound, $"{other.What} was found, too; {chosen.What} was taken", other.Found, $"signalbox init --kind {kind}");
    }

    /// <summary>A repository of several parts: a service for each folder that holds one.</summary>
    private static List<ServiceProposal> InFolders(SourceTree tree, Notes notes, Programs programs, string? kind)
    {
        var folders = tree.Folders.Where(folder => !Shelves.Contains(folder))
            .Concat(Shelves.SelectMany(shelf => tree.In(shelf).Folders.Select(folder => $"{shelf}/{folder}"))).Take(MostFolders);
        var services = new List<ServiceProposal>();
        foreach (var folder in folders)
            if (Slugs.Of(folder) is { } name && services.Count < MostServices)
                services.AddRange(At(new(tree.In(folder), name, notes, programs), kind).Select(service => Folders.Move(service, folder)));
        return [.. services.DistinctBy(service => service.Name)];
    }

    private static Finding Nothing(string directory, Notes notes) => Finding.Error(InitIds.NothingFound,
        "nothing was recognised that could be delivered; expected package.json, a web project of .NET, go.mod, pom.xml, build.gradle, Gemfile, config.ru, composer.json, requirements.txt, pyproject.toml, index.php or index.html",
        notes.At(new(directory is "." or "" ? "." : "")), "signalbox init FOLDER   # or write the file by hand: docs/signalbox-yaml.md");
}
