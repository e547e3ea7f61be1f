namespace Signalbox.Pipelines.Portable;

/// <summary>Jobs in the order that their needs give them.</summary>
internal static class Layers
{
    /// <summary>Each job with its layer: 0 needs nothing, any other comes after the last job it needs. What needs itself stands at its first place.</summary>
    public static Dictionary<string, int> Of(PortablePipeline pipeline)
    {
        var layers = new Dictionary<string, int>(StringComparer.Ordinal);
        // each round settles at least one layer, and there are no more layers than jobs
        for (var round = 0; round < pipeline.Jobs.Count; round++)
        {
            var changed = false;
            foreach (var job in pipeline.Jobs)
            {
                var layer = job.Needs.Where(n => n != job.Id).Select(n => layers.GetValueOrDefault(n, -1) + 1).DefaultIfEmpty(0).Max();
                if (layers.TryGetValue(job.Id, out var known) && known >= layer || layer > pipeline.Jobs.Count) continue;
                layers[job.Id] = layer;
                changed = true;
            }
            if (!changed) break;
        }
        return layers;
    }

    /// <summary>The name of the stage of each job, and the stages in order: the pipeline's own where no job needs one of a later stage, else a stage for each layer.</summary>
    public static (IReadOnlyList<string> Stages, Dictionary<string, string> OfJob) Stages(PortablePipeline pipeline)
    {
        var index = pipeline.Stages.Select((s, i) => (s, i)).DistinctBy(p => p.s).ToDictionary(p => p.s, p => p.i, StringComparer.Ordinal);
        int At(PortableJob job) => job.Stage is { } stage ? index.GetValueOrDefault(stage, -1) : -1;
        if (pipeline.Jobs.Count > 0 && pipeline.Jobs.All(j => At(j) >= 0 && j.Needs.All(n => pipeline.Job(n) is not { } before || At(before) <= At(j))))
            return (pipeline.Stages, pipeline.Jobs.ToDictionary(j => j.Id, j => j.Stage!, StringComparer.Ordinal));
        var layers = Of(pipeline);
        var names = layers.Values.Distinct().Order().ToDictionary(l => l, l => layers.Count(p => p.Value == l) == 1 ? layers.First(p => p.Value == l).Key : $"stage-{l + 1}");
        return ([.. names.OrderBy(n => n.Key).Select(n => n.Value)], layers.ToDictionary(p => p.Key, p => names[p.Value], StringComparer.Ordinal));
    }
}
