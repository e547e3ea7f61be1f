using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Signalbox.Audit.Programs;
using Signalbox.Yaml;

namespace Signalbox.Audit.Kustomize;

/// <summary>What kustomize makes of manifests, by the file that each object comes from.</summary>
internal sealed partial class BuiltObjects
{
    private const string Origin = "config.kubernetes.io/origin";

    private static readonly ConditionalWeakTable<Repository, Lazy<BuiltObjects>> s_built = [];

    private readonly ILookup<string, YamlMapping> _byFile;

    private BuiltObjects(Repository repository)
    {
        var found = new List<(string File, YamlMapping Root)>();
        if (repository is { Programs: { } programs, Root: { } root })
            foreach (var folder in Outermost(repository)) found.AddRange(Build(programs, Path.GetFullPath(root), folder));
        _byFile = found.ToLookup(f => f.File, f => f.Root, StringComparer.Ordinal);
    }

    /// <summary>Runs kustomize when first asked, where that is allowed.</summary>
    public static BuiltObjects Of(Repository repository) => s_built.GetValue(repository, static r => new(() => new(r))).Value;

    /// <summary>What an object of a file becomes, once for each kustomization that deploys it; empty where that is not known.</summary>
    public IEnumerable<YamlMapping> Of(string file, YamlMapping written) => _byFile[file].Where(b => b.Text("kind") == written.Text("kind") && HasName(b, written));

    // kustomizations put names before and behind a name
    private static bool HasName(YamlMapping built, YamlMapping written) => written.Get("metadata").Text("name") is { } name && built.Get("metadata").Text("name")?.Contains(name, StringComparison.Ordinal) == true;

    /// <summary>Kustomizations that no other takes in, and that take in nothing from elsewhere: nothing is fetched.</summary>
    private static IEnumerable<string> Outermost(Repository repository)
    {
        var files = repository.Paths.Where(p => Kustomization.FileNames.Contains(p[(p.LastIndexOf('/') + 1)..])).ToList();
        var all = files.Select(p => repository.Open(p)?.Yaml is { Problems: [], Documents: [YamlMapping root] } ? new Kustomization(RelativePath.Folder(p), root) : null).OfType<Kustomization>().ToList();
        var taken = all.SelectMany(k => k.Resources.Select(r => k.Local(r.Value))).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var remote = all.Where(k => k.Resources.Any(r => k.Local(r.Value) is not { } path || !repository.Has(path)) || k.Root.Get("helmCharts") is not null || AsksElsewhere(k.Root)).Select(k => k.Folder).ToHashSet(StringComparer.Ordinal);
        // what cannot be read here kustomize may read all the same
        remote.UnionWith(files.Select(RelativePath.Folder).Except(all.Select(k => k.Folder), StringComparer.Ordinal));
        for (var before = -1; before != remote.Count;)
        {
            before = remote.Count;
            foreach (var k in all.Where(k => k.Resources.Any(r => remote.Contains(k.Local(r.Value) ?? "")))) remote.Add(k.Folder);
        }
        return all.Select(k => k.Folder).Where(f => !taken.Contains(f) && !remote.Contains(f)).Order(StringComparer.Ordinal);
    }

    // what these hold is said of objects, and never fetched
    private static readonly HashSet<string> s_said = new(StringComparer.Ordinal) { "images", "labels", "commonLabels", "commonAnnotations", "annotations", "literals", "namespace", "apiVersion", "metadata" };

    /// <summary>Whether anything that may name a file names an address: kustomize takes many for one, before it looks for a file of that name.</summary>
    private static bool AsksElsewhere(YamlNode? node) => node switch
    {
        YamlMapping map => map.Entries.Any(e => !s_said.Contains(e.Key.Value) && AsksElsewhere(e.Value)),
        YamlSequence list => list.Items.Any(AsksElsewhere),
        YamlScalar scalar => Address().IsMatch(scalar.Value),
        _ => false,
    };

    [GeneratedRegex(@"://|^\w+@|^[\w-]+(\.[\w-]+)+(:\d+)?/", RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    private static List<(string, YamlMapping)> Build(IRenderPrograms programs, string root, string folder)
    {
        var home = Directory.CreateTempSubdirectory("signalbox-kustomize-");
        try
        {
            if (programs.Kustomize(Path.Combine(root, folder), home.FullName).Output is not { } output) return [];
            return [.. YamlReader.ReadAll(new(output), SourceFile.Limits).Documents.OfType<YamlMapping>().Select(d => (File: From(d, home.FullName, root), Root: d)).Where(d => d.File.Length > 0)];
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    // path: ../../repository/base/web.yaml
    private static string From(YamlMapping built, string home, string root)
    {
        if (built.Get("metadata", "annotations").Text(Origin) is not { } origin || YamlReader.ReadAll(new(origin)).Documents is not [var read] || read.Text("path") is not { } path) return "";
        var file = Path.GetRelativePath(root, Path.GetFullPath(Path.Combine(home, path)));
        return file.StartsWith("..", StringComparison.Ordinal) ? "" : file;
    }
}
