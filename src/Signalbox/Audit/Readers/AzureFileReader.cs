using Signalbox.Pipelines.AzurePipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Readers;

/// <summary>Azure Pipelines files and the templates beside them.</summary>
internal sealed class AzureFileReader : Reader
{
    private static readonly string[] s_folders = [".azure", ".azuredevops", ".azure-devops", ".azurepipelines", ".pipelines", ".vsts", "pipelines", "azure-devops", "azuredevops"];

    public override bool Claims(string path) => YamlFile.HasYamlName(path) && (IsNamed(path) || s_folders.Any(f => RelativePath.Passes(path, f, StringComparison.OrdinalIgnoreCase)));

    public override void Read(SourceFile file, DocumentSink documents) => Read(file, documents, takenIn: false);

    public override void ReadTakenIn(SourceFile file, DocumentSink documents)
    {
        if (YamlFile.HasYamlName(file.Path)) Read(file, documents, takenIn: true);
    }

    private void Read(SourceFile file, DocumentSink documents, bool takenIn)
    {
        if (YamlFile.Root(file, documents) is not YamlMapping root || !AzureReader.LooksLike(root) || root.Find("apiVersion") is not null) return;
        var azure = AzureReader.Read(file.Path, file.Text, root, (path, at) => Open(path, at, documents), takenIn);
        if (Extended(root, file.Path) is var (extended, at)) documents.TakeIn(this, extended, at);
        file.StandsIn = [.. azure.Pipeline.Inclusions.Where(i => !i.Remote).Select(i => i.Range)];
        documents.Add(azure);
        documents.AddPipeline(azure.Pipeline);
    }

    private YamlMapping? Open(string path, TextRange at, DocumentSink documents)
    {
        documents.TakeIn(this, path, at);
        return documents.Open(path)?.Yaml is { Documents: [YamlMapping template, ..] } ? template : null;
    }

    /// <summary>The file of the repository that a pipeline extends, or null.</summary>
    private static (string Path, TextRange At)? Extended(YamlMapping root, string path) =>
        root.Get("extends").Get("template") is YamlScalar template && AzureInclusion.Of(template, root) is { Remote: false } local
            && AzureTemplates.Resolve(RelativePath.Folder(path), local.Source) is { } resolved ? (resolved, local.Range) : null;

    private static bool IsNamed(string path) =>
        path.Contains("azure-pipeline", StringComparison.OrdinalIgnoreCase) || path.Contains("azurepipeline", StringComparison.OrdinalIgnoreCase)
        || path.Contains("azure_pipeline", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".vsts-ci.yml", StringComparison.OrdinalIgnoreCase);
}
