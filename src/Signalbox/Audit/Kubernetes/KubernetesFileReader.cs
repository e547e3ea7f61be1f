using Signalbox.Audit.Readers;
using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>Manifests: YAML documents with <c>apiVersion</c> and <c>kind</c>.</summary>
internal sealed class KubernetesFileReader : Reader
{
    // what other tools own is not opened a second time
    public override bool Claims(string path) => YamlFile.HasYamlName(path) && !path.Contains(".github/", StringComparison.Ordinal);

    public override void Read(SourceFile file, DocumentSink documents)
    {
        if (!LooksLikeManifest(file.Text.Content)) return;
        if (file.Yaml.Problems is [var problem, ..]) documents.Unreadable(problem);
        foreach (var root in file.Yaml.Documents.OfType<YamlMapping>())
            if (root.Text("apiVersion") is not null && root.Text("kind") is not null) documents.Add(new KubernetesObject(root));
    }

    // most YAML files of a repository are none: looking for two words spares reading them
    private static bool LooksLikeManifest(string text) => text.Contains("apiVersion:", StringComparison.Ordinal) && text.Contains("kind:", StringComparison.Ordinal);
}
