using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Readers;

/// <summary>What readers of YAML files have in common.</summary>
internal static class YamlFile
{
    public static bool HasYamlName(string path) => path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase);

    /// <summary>The file's first document; what is broken is said once.</summary>
    public static YamlNode? Root(SourceFile file, DocumentSink documents)
    {
        if (file.Yaml.Problems is [var problem, ..]) documents.Unreadable(problem);
        return file.Yaml.Documents is [var first, ..] ? first : null;
    }

    /// <summary>Gives the pipeline, each of its jobs and each of their steps to the rules.</summary>
    public static void AddPipeline(this DocumentSink documents, Pipeline pipeline)
    {
        documents.Add(pipeline);
        // what a template brings in is said in the template's own file
        foreach (var job in pipeline.Jobs.Where(j => j.Node is null || !Relocation.IsRelocated(j.Node))) documents.Add(new PipelineJob(pipeline, job));
        documents.AddSteps(pipeline);
    }

    /// <summary>Gives each step alone: for pieces that are no pipeline of their own.</summary>
    public static void AddSteps(this DocumentSink documents, Pipeline pipeline)
    {
        foreach (var job in pipeline.Jobs)
            foreach (var step in job.Steps.Where(s => s.Node is null || !Relocation.IsRelocated(s.Node)))
                documents.Add(new PipelineStep(pipeline, job, step));
    }
}
