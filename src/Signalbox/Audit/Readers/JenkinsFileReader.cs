using Signalbox.Pipelines.Jenkins;

namespace Signalbox.Audit.Readers;

/// <summary>Jenkinsfiles.</summary>
internal sealed class JenkinsFileReader : Reader
{
    public override bool Claims(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name.StartsWith("Jenkinsfile", StringComparison.OrdinalIgnoreCase) && !Readers.YamlFile.HasYamlName(name) && !name.EndsWith(".md", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".jenkinsfile", StringComparison.OrdinalIgnoreCase);
    }

    public override void Read(SourceFile file, DocumentSink documents)
    {
        var jenkins = JenkinsReader.Read(file.Path, file.Text);
        documents.Add(jenkins);
        documents.AddPipeline(jenkins.Pipeline);
    }
}
