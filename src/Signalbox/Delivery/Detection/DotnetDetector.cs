using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Signalbox.Delivery.Detection;

/// <summary>.NET: each web or worker project, published.</summary>
internal static partial class DotnetDetector
{
    private static readonly string[] Sources = [".cs", ".fs", ".vb"];

    private sealed record Project(string Path, SourceFile File, XElement Root, string Sdk)
    {
        public string Folder => Path.Contains('/') ? Path[..Path.LastIndexOf('/')] : "";

        public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);
    }

    public static IReadOnlyList<ServiceProposal> Detect(Scene scene)
    {
        var projects = scene.Tree.Ending(".csproj", ".fsproj", ".vbproj").Where(path => path.Count(c => c == '/') <= 4).Take(200)
            .Select(path => Read(scene, path)).OfType<Project>().ToList();
        var web = projects.Where(project => project.Sdk is "Microsoft.NET.Sdk.Web" && !IsTest(project)).ToList();
        var worker = projects.Where(project => project.Sdk is "Microsoft.NET.Sdk.Worker").ToList();
        var chosen = web.Concat(worker).ToList();
        return chosen.Count switch
        {
            0 => [],
            1 => [Propose(scene, chosen[0], scene.Service)],
            _ => [.. chosen.Select(project => Propose(scene, project, ServiceName(project, chosen)))],
        };
    }

    private static Project? Read(Scene scene, string path)
    {
        if (scene.Tree.Read(path) is not { } file || XmlPlaces.Read(file, scene.Notes) is not { } root) return null;
        var sdk = root.Attribute("Sdk")?.Value ?? root.Elements("Sdk").FirstOrDefault()?.Attribute("Name")?.Value ?? "";
        return new(path, file, root, sdk.Split('/')[0]);
    }

    private static bool IsTest(Project project) => References(project, "Microsoft.NET.Test.Sdk") || References(project, "xunit.v3")
        || References(project, "Aspire.Hosting.AppHost") || Property(project, "IsTestProject")?.Value == "true";

    private static bool References(Project project, string package) =>
        project.Root.Descendants("PackageReference").Any(reference => reference.Attribute("Include")?.Value.Equals(package, StringComparison.OrdinalIgnoreCase) == true);

    private static XElement? Property(Project project, string name) => project.Root.Elements("PropertyGroup").Elements(name).LastOrDefault();

    private static string ServiceName(Project project, List<Project> all)
    {
        var name = Slugs.Of(project.Name.Split('.')[^1]) ?? "web";
        return all.Count(other => Slugs.Of(other.Name.Split('.')[^1]) == name) == 1 ? name : Slugs.Of(project.Name) ?? name;
    }

    private static ServiceProposal Propose(Scene scene, Project project, string service)
    {
        var tree = project.Folder.Length == 0 ? scene.Tree : scene.Tree.In(project.Folder);
        var folder = Workshop.Of(service);
        var isWeb = project.Sdk == "Microsoft.NET.Sdk.Web";
        var assembly = AssemblyName(project);
        var found = XmlPlaces.At(project.File, (XObject?)project.Root.Attribute("Sdk") ?? project.Root);
        var line = $"{scene.Programs.Named("dotnet")} {Words.Quote(assembly + ".dll")}";
        var proposal = new ServiceProposal(isWeb ? "ASP.NET Core" : ".NET worker", found, isWeb
            ? new(Words.Shell($"{line} --urls \"http://127.0.0.1:$PORT\""), "the published program, told its port")
            : new([scene.Programs.Named("dotnet"), assembly + ".dll"], "the published program"))
        {
            Name = service,
            Kind = isWeb ? ServiceKind.Web : ServiceKind.Worker,
            ApplicationName = Slugs.Of(project.Name) is { } name ? new(name, "", project.File.Place) : null,
            Build = new($"rm -rf {folder}\ndotnet publish {Words.Quote(project.Path)} -c Release -o {folder}", "published for release", project.File.Place),
            Artifact = new(folder, "where the build publishes to"),
        };
        return isWeb ? Web(scene, tree, proposal) : proposal;
    }

    private static string AssemblyName(Project project)
    {
        var named = Property(project, "AssemblyName")?.Value;
        return named is { Length: > 0 } && !named.Contains('$') ? named : project.Name;
    }

    private static ServiceProposal Web(Scene scene, SourceTree tree, ServiceProposal proposal)
    {
        var sources = HealthSearch.Sources(tree, Sources).ToList();
        foreach (var hit in sources.SelectMany(file => file.FindAll(FixedAddress())).Take(3))
            PortFindings.Warn(scene.Notes, hit.At, hit.Line, PortSearch.Number(hit.Match.Groups["port"].Value), "app.Run();   // --urls says where");
        foreach (var settings in new[] { "appsettings.json", "appsettings.Production.json" })
            if (tree.Read(settings) is { } file && JsonPlaces.Read(file, scene.Notes)?["Kestrel"]?["Endpoints"] is { } endpoints)
                scene.Notes.Warn(InitIds.PortFixed, "Kestrel's endpoints are fixed here, which --urls does not change; expected none, so that each release gets a port of its own",
                    file.Line(endpoints.Line), $"less {file.Path}", file.LineText(endpoints.Line));
        var pages = sources.Select(file => file.Find(Pages())).FirstOrDefault(hit => hit is not null);
        return proposal with
        {
            Port = LaunchPort(scene, tree) ?? new(8080, "ASP.NET Core's usual one"),
            Health = HealthSearch.Find(tree, Sources) ?? (pages is null ? null : new("/", "no health address was found; the start page answers", pages.At)),
        };
    }

    private static Proposed<int>? LaunchPort(Scene scene, SourceTree tree)
    {
        if (tree.Read("Properties/launchSettings.json") is not { } file || JsonPlaces.Read(file, scene.Notes)?["profiles"] is not { } profiles) return null;
        foreach (var (_, profile) in profiles.Members)
            if (profile["applicationUrl"] is { Text: { } urls } place && Plain().Match(urls) is { Success: true } match && PortSearch.Number(match.Groups["port"].Value) is > 0 and var port)
                return new(port, "the one it has in development", file.Line(place.Line));
        return null;
    }

    [GeneratedRegex(@"http://[^:;/]+:(?<port>\d{2,5})")]
    private static partial Regex Plain();

    [GeneratedRegex("""(?:UseUrls\(|app\.Run\(|\.Urls\.Add\()\s*"https?://[^:"]*:(?<port>\d{2,5})|Listen(?:AnyIP|Localhost)?\(\s*(?:IPAddress\.\w+\s*,\s*)?(?<port>\d{2,5})""")]
    private static partial Regex FixedAddress();

    [GeneratedRegex("""Map(?:Get|Methods)?\(\s*"/"|MapControllerRoute\(|MapDefaultControllerRoute\(|MapRazorPages\(|MapRazorComponents|MapFallbackToFile\(|UseDefaultFiles\(""")]
    private static partial Regex Pages();
}
