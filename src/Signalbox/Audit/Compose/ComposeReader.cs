using Signalbox.Audit.Readers;
using Signalbox.Yaml;

namespace Signalbox.Audit.Compose;

/// <summary>Compose files by their names: <c>compose.yaml</c>, <c>docker-compose.prod.yml</c>, <c>docker-stack.yml</c>.</summary>
internal sealed class ComposeReader : Reader
{
    public override bool Claims(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return YamlFile.HasYamlName(name) && (Begins(name, "docker-compose") || Begins(name, "compose") || Begins(name, "docker-stack") || Begins(name, "podman-compose"));
    }

    public override void Read(SourceFile file, DocumentSink documents)
    {
        if (YamlFile.Root(file, documents) is not YamlMapping root || root.Find("apiVersion") is not null) return;
        foreach (var entry in root.Get("services").Entries())
            if (entry.Value is YamlMapping service) documents.Add(new ComposeService(entry.Key.Value, service, entry));
    }

    private static bool Begins(string name, string word) => name.StartsWith(word, StringComparison.OrdinalIgnoreCase) && name[word.Length] is '.' or '-' or '_';
}
