using CsCheck;
using Signalbox.Delivery;
using Signalbox.Pipelines.Local;

namespace Signalbox.Tests.Pipelines.Local;

/// <summary>Pipelines of any shape that does not go round: a job needs only earlier ones.</summary>
internal static class RandomPipelines
{
    private static readonly JobWhen[] s_whens = [JobWhen.Success, JobWhen.Success, JobWhen.Success, JobWhen.Always, JobWhen.Failure];

    public static Gen<IReadOnlyList<PipelineJob>> Jobs { get; } =
        Gen.Select(Gen.Int[0, 1_000_000].Array[0, 4], Gen.Int[0, s_whens.Length - 1]).Array[1, 40].Select(drawn => (IReadOnlyList<PipelineJob>)
            [.. drawn.Select((job, at) => new PipelineJob
            {
                Name = $"j{at}",
                Run = "true",
                When = s_whens[job.Item2],
                Needs = at == 0 ? [] : [.. job.Item1.Select(need => $"j{need % at}").Distinct()],
                Timeout = TimeSpan.FromMinutes(1),
            })]);

    public static RunPlan Plan(IReadOnlyList<PipelineJob> jobs) => RunPlan.Of(jobs, [], null, _ => []);
}
