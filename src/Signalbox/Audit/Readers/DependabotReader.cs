using Signalbox.Yaml;

namespace Signalbox.Audit.Readers;

/// <summary>One entry of <c>updates</c>.</summary>
internal sealed record DependabotUpdate(YamlMapping Root)
{
    public string Ecosystem { get; } = Root.Text("package-ecosystem") ?? "";
}

/// <summary><c>.github/dependabot.yml</c> (docs.github.com, "Dependabot options reference").</summary>
internal sealed class DependabotReader : Reader
{
    public override bool Claims(string path) => path is ".github/dependabot.yml" or ".github/dependabot.yaml"
        || path.EndsWith("/.github/dependabot.yml", StringComparison.Ordinal) || path.EndsWith("/.github/dependabot.yaml", StringComparison.Ordinal);

    public override void Read(SourceFile file, DocumentSink documents)
    {
        foreach (var update in YamlFile.Root(file, documents).Get("updates").Items().OfType<YamlMapping>()) documents.Add(new DependabotUpdate(update));
    }
}
