using System.Collections.Concurrent;
using System.IO.Enumeration;
using System.Runtime.CompilerServices;
using Signalbox.Audit.Helm.Templates;
using Signalbox.Yaml;

namespace Signalbox.Audit.Helm;

/// <summary>A chart with the charts in it: one installation, whose templates may use each other.</summary>
internal sealed class ChartTree
{
    // charts in charts in charts
    private const int Deepest = 8;
    private const int MostTemplates = 2000;

    private static readonly ConditionalWeakTable<Repository, ConcurrentDictionary<string, Lazy<ChartTree>>> s_trees = [];

    private readonly Dictionary<string, Chart> _charts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<TemplateNode>> _defines = new(StringComparer.Ordinal);
    private readonly Repository _repository;
    private readonly Lazy<(RenderedSources? Sources, string Problem)> _rendered;

    private ChartTree(Repository repository, string folder)
    {
        _repository = repository;
        Folder = folder;
        _rendered = new(Rendered);
        Load(folder, null, 0);
        // what the outer chart defines comes last and wins
        foreach (var path in Paths(folder)) Define(path, wins: true);
        // a library beside the chart, which helm dependency update would bring
        foreach (var library in _charts.Values.SelectMany(c => c.Dependencies.Select(d => Beside(c, d))).OfType<string>().ToList())
            foreach (var path in Paths(library)) Define(path, wins: false);
    }

    /// <summary>The folder of the outermost chart.</summary>
    public string Folder { get; }

    /// <summary>Whether something in it cannot be known: what it lacks may be there all the same.</summary>
    public bool IsOpen { get; set; }

    /// <summary>What helm makes of it, where it may be asked; else why not, or nothing.</summary>
    public (RenderedSources? Sources, string Problem) ByHelm => _rendered.Value;

    /// <summary>Every template that has a name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<TemplateNode>> Defines => _defines;

    /// <summary>The chart that a file is a template of, with the tree it belongs to; null where it is none.</summary>
    public static (ChartTree Tree, Chart Chart)? Of(Repository repository, string path)
    {
        if (FolderOf(repository, path) is not { } folder) return null;
        var outer = folder;
        for (var depth = 0; depth < Deepest && ParentOf(repository, outer) is { } parent; depth++) outer = parent;
        var tree = s_trees.GetValue(repository, static _ => new(StringComparer.Ordinal)).GetOrAdd(outer, f => new(() => new(repository, f))).Value;
        return tree._charts.TryGetValue(folder, out var chart) ? (tree, chart) : null;
    }

    /// <summary>The folder of the chart that a file is a template of.</summary>
    public static string? FolderOf(Repository repository, string path)
    {
        for (var at = path.IndexOf("templates/", StringComparison.Ordinal); at >= 0; at = path.IndexOf("templates/", at + 1, StringComparison.Ordinal))
            if ((at == 0 || path[at - 1] == '/') && repository.Has(path[..at] + "Chart.yaml")) return path[..Math.Max(0, at - 1)];
        return null;
    }

    // X of X/charts/Y
    private static string? ParentOf(Repository repository, string folder)
    {
        var charts = RelativePath.Folder(folder);
        if (charts != "charts" && !charts.EndsWith("/charts", StringComparison.Ordinal)) return null;
        var parent = RelativePath.Folder(charts);
        return repository.Has(Under(parent, "Chart.yaml")) ? parent : null;
    }

    private (RenderedSources?, string) Rendered()
    {
        if (_repository is not { Programs: { } programs, Root: { } root }) return (null, "");
        var folder = Path.Combine(root, Folder);
        if (HasLinks(folder)) return (null, "the chart holds a link, which helm would follow wherever it leads");
        var answer = programs.Helm(folder);
        return answer.Output is { } output ? (RenderedSources.Read(output), "") : (null, answer.Problem);
    }

    private static bool HasLinks(string folder) => new FileSystemEnumerable<bool>(folder, (ref FileSystemEntry _) => true, new() { RecurseSubdirectories = true, AttributesToSkip = 0 })
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
    }.Any();

    private void Load(string folder, Chart? parent, int depth)
    {
        if (depth > Deepest || Yaml(Under(folder, "Chart.yaml")) is not { } metadata) return;
        var chart = new Chart(folder, metadata, ChartValues.Map(Yaml(Under(folder, "values.yaml"))), parent);
        _charts[folder] = chart;
        var charts = Under(folder, "charts/");
        foreach (var inner in _repository.Below(charts).Where(p => p.EndsWith("/Chart.yaml", StringComparison.Ordinal) && p.IndexOf('/', charts.Length) == p.Length - "/Chart.yaml".Length).ToList())
            Load(RelativePath.Folder(inner), chart, depth + 1);
    }

    private void Define(string path, bool wins)
    {
        if (_repository.Open(path) is not { } file || !file.Text.Content.Contains("{{", StringComparison.Ordinal)) return;
        try
        {
            foreach (var (name, nodes) in TemplateParser.Parse(file.Text.Content).Defines)
                if (wins || !_defines.ContainsKey(name)) _defines[name] = nodes;
        }
        catch (TemplateException)
        {
            // said where the file itself is read; its templates stay unknown to the others
        }
    }

    private IEnumerable<string> Paths(string folder) => _repository.Below(Under(folder, ""))
        .Where(p => p.Contains("templates/", StringComparison.Ordinal) && (p.EndsWith(".tpl", StringComparison.Ordinal) || Readers.YamlFile.HasYamlName(p))).Take(MostTemplates);

    private static string? Beside(Chart chart, YamlNode dependency) =>
        dependency.Text("repository") is { } address && address.StartsWith("file://", StringComparison.Ordinal) ? RelativePath.Join(chart.Folder, address["file://".Length..]) : null;

    private YamlNode? Yaml(string path) => _repository.Open(path)?.Yaml is { Documents: [var root, ..] } ? root : null;

    private static string Under(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";
}
