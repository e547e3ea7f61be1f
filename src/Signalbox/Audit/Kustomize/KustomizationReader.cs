using Signalbox.Audit.Readers;
using Signalbox.Yaml;

namespace Signalbox.Audit.Kustomize;

/// <summary>Kustomizations by their names.</summary>
internal sealed class KustomizationReader : Reader
{
    public override bool Claims(string path) => Kustomization.FileNames.Contains(path[(path.LastIndexOf('/') + 1)..]);

    public override void Read(SourceFile file, DocumentSink documents)
    {
        // Flux has a kind of that name, too: it may lie in a file of that name
        if (YamlFile.Root(file, documents) is YamlMapping root && (root.Text("apiVersion") is null || root.Text("apiVersion")!.StartsWith("kustomize.config.k8s.io/", StringComparison.Ordinal)))
            documents.Add(new Kustomization(RelativePath.Folder(file.Path), root));
    }
}
