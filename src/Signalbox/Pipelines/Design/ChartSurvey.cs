using System.Text.RegularExpressions;
using Signalbox.Delivery.Detection;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Design;

/// <summary>Reads a repository's Helm charts as far as their delivery goes.</summary>
internal static partial class ChartSurvey
{
    /// <summary>Charts that run something: no library, and no part of another chart.</summary>
    public static IEnumerable<ChartFound> Of(SourceTree tree)
    {
        foreach (var path in tree.Named("Chart.yaml"))
        {
            if (path.Split('/').Contains("charts") && path.Split('/') is [.., "charts", _, _] && tree.Has(path[..path.LastIndexOf("charts/", StringComparison.Ordinal)] + "Chart.yaml")) continue;
            if (tree.Read(path) is not { } file || file.Find(Library()) is not null || Found(file, ChartName()) is not { } name) continue;
            var folder = path.Contains('/') ? path[..path.LastIndexOf('/')] : ".";
            var helpers = tree.Files.Where(f => f.StartsWith(folder == "." ? "templates/" : $"{folder}/templates/", StringComparison.Ordinal)).ToList();
            var templates = helpers.Where(f => f.EndsWith(".yaml", StringComparison.Ordinal) || f.EndsWith(".yml", StringComparison.Ordinal)).Select(tree.Read).OfType<SourceFile>().ToList();
            Seen? Makes(Regex kind) => templates.Select(t => Found(t, kind)).FirstOrDefault(f => f is not null);
            var (digest, unfit) = Image(tree.Read(folder == "." ? "values.yaml" : $"{folder}/values.yaml"), [.. templates, .. helpers.Where(f => f.EndsWith(".tpl", StringComparison.Ordinal)).Select(tree.Read).OfType<SourceFile>()]);
            yield return new(name.Value, folder, new(name.Value, name.Place), digest, Makes(Deployment()), Makes(Budget()), Makes(Steps()), unfit);
        }
    }

    /// <summary>
    /// By which of its values a chart is told its image: <c>image.digest</c>, else <c>image.tag</c>. Where no template reads them, setting them changes nothing,
    /// and the chart's own image would go out in place of the one that was verified.
    /// </summary>
    private static (bool Digest, string? Unfit) Image(SourceFile? values, List<SourceFile> templates)
    {
        var image = values is not null && YamlReader.ReadAll(new(values.Text)).Documents is [YamlMapping root, ..] ? root.Find("image")?.Value as YamlMapping : null;
        // what a template hands on as a whole, a helper or a library chart reads
        var read = templates.SelectMany(t => t.Lines).SelectMany(line => ImageValue().Matches(line)).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        bool Reads(string name) => read.Contains("") || read.Contains(name);
        if (image?.Find("repository") is null) return (false, "the chart has no value image.repository: what was verified cannot be handed to it, and its own image would go out");
        if (!Reads("repository")) return (false, "no template of the chart reads image.repository: what was verified cannot be handed to it, and its own image would go out");
        if (image.Find("digest") is not null && Reads("digest")) return (true, null);
        return Reads("tag") ? (false, null) : (false, "no template of the chart reads image.digest or image.tag: what was verified cannot be handed to it, and its own image would go out");
    }

    private static Seen? Found(SourceFile file, Regex pattern) => file.Find(pattern) is { } hit ? new(hit[1], $"{hit.At.Path}:{hit.At.Line}") : null;

    [GeneratedRegex(@"\.Values\.image(?:\.(\w+)|(?![\w.]))")]
    private static partial Regex ImageValue();

    [GeneratedRegex(@"^type:\s*library")]
    private static partial Regex Library();

    [GeneratedRegex("""^name:\s*["']?([a-z0-9][a-z0-9-]{0,52})["']?\s*$""")]
    private static partial Regex ChartName();

    [GeneratedRegex(@"^kind:\s*(Deployment)\s*$")]
    private static partial Regex Deployment();

    [GeneratedRegex(@"^kind:\s*(PodDisruptionBudget)\s*$")]
    private static partial Regex Budget();

    [GeneratedRegex(@"^kind:\s*(Rollout|Canary)\s*$")]
    private static partial Regex Steps();
}
