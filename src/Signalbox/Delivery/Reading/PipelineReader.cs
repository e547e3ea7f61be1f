using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>Reads <c>pipeline</c>: a mapping of job names.</summary>
internal static class PipelineReader
{
    private const int MostJobs = 2000;

    internal const string JobsHelp = "pipeline: { build: { run: npm ci && npm run build }, test: { run: npm test } }";

    /// <summary>What <c>signalbox run</c> has as verbs of its own.</summary>
    private static readonly string[] s_verbs = ["list", "show", "log"];

    /// <returns>Null where there is none.</returns>
    public static IReadOnlyList<PipelineJob>? Read(Section application)
    {
        if (application.Node("pipeline") is not { } node) return null;
        if (node is not YamlMapping { Entries.Count: > 0 } map)
        {
            application.File.WrongType(node, "pipeline", "a mapping of job names", JobsHelp);
            return null;
        }
        if (map.Entries.Count > MostJobs)
            application.File.Error(DeliveryIds.TooMany, $"pipeline has {map.Entries.Count} jobs; expected at most {MostJobs}", map.Entries[MostJobs].Key.Span, JobsHelp);
        var names = map.Entries.Take(MostJobs).Select(entry => entry.Key.Value).ToHashSet(StringComparer.Ordinal);
        var jobs = map.Entries.Take(MostJobs).Select(entry => Job(application.File, entry, names)).OfType<ReadJob>().ToList();
        PipelineRules.Check(application.File, jobs, names);
        return [.. jobs.Select(job => job.Value)];
    }

    private static ReadJob? Job(FileContext file, YamlEntry entry, HashSet<string> names)
    {
        var name = entry.Key.Value;
        if (DnsName.Check(file, entry.Key, "the job's name") && s_verbs.Contains(name))
            file.Error(DeliveryIds.InvalidValue, $"a job cannot be named '{name}', which is a verb of signalbox run; expected another name", entry.Key.Span, $"{name}-all: {{ run: … }}", "expected another name");
        if (Section.Open(file, Shapes.Job, entry.Value, YamlQuote.Short(name), $"{YamlQuote.Short(name)}: {{ {Shapes.Job.Line("run")} }}") is not { } section) return null;
        return JobReader.Read(section, entry.Key, names);
    }
}

/// <summary>A job and where the parts were written that are looked at together with other jobs'.</summary>
internal sealed record ReadJob(PipelineJob Value, YamlSpan Name, IReadOnlyList<(string Name, YamlSpan At)> Needs, IReadOnlyList<(string Pattern, string Key, YamlSpan At)> Makes);
