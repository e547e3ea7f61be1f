using Signalbox.Audit.Helm.Templates;
using Signalbox.Audit.Kubernetes;
using Signalbox.Audit.Programs;
using Signalbox.Yaml;

namespace Signalbox.Audit.Helm;

/// <summary>A template that is not followed.</summary>
/// <param name="Range">Where it was given up.</param>
/// <param name="Whole">The chart that is not followed as a whole, which its first template says for all of them; else null.</param>
internal sealed record UnfollowedTemplate(TextRange Range, string Reason, ChartTree? Whole = null);

/// <summary>
/// Templates of Helm charts, rendered with the chart's own values as <c>helm template</c> would with nothing else given. What
/// cannot be known stays unknown, and no rule says anything of it.
/// </summary>
internal sealed class HelmTemplateReader : Reader
{
    public override bool Claims(string path) => (path.StartsWith("templates/", StringComparison.Ordinal) || path.Contains("/templates/", StringComparison.Ordinal))
        && (Readers.YamlFile.HasYamlName(path) || path.EndsWith(".tpl", StringComparison.Ordinal));

    public override void Read(SourceFile file, DocumentSink documents)
    {
        if (ChartTree.Of(documents.Repository, file.Path) is not (var tree, var chart)) return;
        var (manifest, left) = Render(file, tree, chart, documents.Repository);
        // what stands here is written by actions: no edit of the rendered text fits
        if (file.Text.Content.Contains("{{", StringComparison.Ordinal)) file.StandsIn = [new(0, file.Text.Content.Length)];
        if (tree.ByHelm.Sources is { } sources)
        {
            file.Rendering = new(tree, []);
            foreach (var written in sources.Of(file.Path[(tree.Folder.Length == 0 ? 0 : tree.Folder.Length + 1)..]))
                Add(new(Placing.Place(written, Same(written, manifest), file), false, false), file, tree, documents);
            return;
        }
        if (tree.ByHelm.Problem is { Length: > 0 } problem) documents.Add(new UnfollowedTemplate(new(0, 0), problem, tree));
        if (left is not null) documents.Add(left);
        if (left is not null || manifest?.IsOpen == true) tree.IsOpen = true;
        if (manifest is null) return;
        file.Rendering = new(tree, manifest.Unknown);
        foreach (var document in manifest.Documents) Add(document, file, tree, documents);
    }

    private static (RenderedManifest?, UnfollowedTemplate?) Render(SourceFile file, ChartTree tree, Chart chart, Repository repository)
    {
        try
        {
            var parsed = TemplateParser.Parse(file.Text.Content);
            if (file.Name.StartsWith('_') || chart.IsLibrary || chart.IsOff) return (null, null);
            var output = new TemplateRun(tree.Defines).Render(parsed.Nodes, ChartContext.Of(chart, file.Path, repository));
            var manifest = RenderedManifest.Of(file, output);
            return (manifest, manifest.Problem is { } problem ? new(output.Source(Place(output.Text, problem)), "what it writes is no YAML: " + problem.Message.Replace("this is not YAML: ", "", StringComparison.Ordinal)) : null);
        }
        catch (TemplateException e)
        {
            return (null, new(new(e.At, Math.Min(e.At + 1, file.Text.Content.Length)), e.Message));
        }
    }

    private static YamlMapping? Same(YamlMapping written, RenderedManifest? manifest) =>
        manifest?.Documents.FirstOrDefault(d => d.Root.Text("kind") == written.Text("kind") && d.Root.Get("metadata").Text("name") == written.Get("metadata").Text("name"))?.Root;

    private static void Add(RenderedDocument document, SourceFile file, ChartTree tree, DocumentSink documents)
    {
        foreach (var item in KubernetesFileReader.Objects(document.Root))
            KubernetesFileReader.Add(new KubernetesObject(item) { Folder = RelativePath.Folder(file.Path), Chart = tree, IsPartial = document.IsPartial, NamespaceIsOpen = true }, documents);
    }

    private static TextRange Place(string text, YamlProblem problem)
    {
        var rendered = new YamlText(text);
        var start = problem.Span.Line <= rendered.LineCount ? rendered.LineStart(problem.Span.Line) : 0;
        return new(start, Math.Min(start + 1, text.Length));
    }
}
