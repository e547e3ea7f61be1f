using Signalbox.Yaml;

namespace Signalbox.Audit.Docker;

/// <summary>Dockerfiles by their names: <c>Dockerfile</c>, <c>Dockerfile.dev</c>, <c>web.dockerfile</c>, <c>Containerfile</c>.</summary>
internal sealed class DockerfileReader : Reader
{
    public override bool Claims(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        if (name.EndsWith(".dockerignore", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".md", StringComparison.OrdinalIgnoreCase)) return false;
        return IsNamed(name, "Dockerfile") || IsNamed(name, "Containerfile") || name.EndsWith(".dockerfile", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".containerfile", StringComparison.OrdinalIgnoreCase);
    }

    public override void Read(SourceFile file, DocumentSink documents)
    {
        var instructions = Parse(file.Text);
        if (instructions.Count > 0) documents.Add(new Dockerfile(instructions));
    }

    internal static IReadOnlyList<Instruction> Parse(YamlText text) => new DockerfileParser(text).Parse();

    // dockerfile.ts is a program about them
    private static bool IsNamed(string name, string word) => name.StartsWith(word, StringComparison.OrdinalIgnoreCase)
        && (name.Length == word.Length || name[word.Length] is '.' or '-' or '_') && !(name.Length > word.Length && char.IsLower(name[0]) && name[word.Length] == '.');
}
