using Signalbox.Cli.Deploying;
using Signalbox.Delivery;

namespace Signalbox.Cli.Running;

/// <summary>
/// Another platform's pipeline, and behind it the delivery that signalbox.yaml says: the jobs that Signalbox does itself (scans, SBOM, provenance and signature)
/// are done here in place of the steps for which the platform's identity is needed. Commands of signalbox.yaml are not: the other file has its own.
/// </summary>
internal static class ForeignDelivery
{
    /// <exception cref="Diagnostics.SignalboxException">There is no signalbox.yaml beside it, or it has errors or several applications.</exception>
    public static async Task<RunSource> JoinAsync(RunSource foreign, Session session)
    {
        var file = await DeployFile.ReadAsync(foreign.Directory, session).ConfigureAwait(false);
        var applications = file.Choose(session.Get(RunOptionSet.App));
        if (applications.Count > 1) throw RunOptionSet.Ambiguous(file, applications, "are in the file");
        return foreign with { Application = applications[0], Delivery = file.Path, Jobs = [.. foreign.Jobs, .. Own(foreign.Jobs, applications[0].Pipeline ?? [])] };
    }

    /// <summary>What was built and tested comes first; whoever signs says all that was done.</summary>
    private static IEnumerable<PipelineJob> Own(IReadOnlyList<PipelineJob> foreign, IReadOnlyList<PipelineJob> pipeline)
    {
        List<string> before = [.. foreign.Where(job => job.When == JobWhen.Success).Select(job => job.Name)];
        foreach (var job in pipeline.Where(job => job.Kind is JobKind.Scan or JobKind.Sbom or JobKind.Sign).OrderBy(job => job.Kind))
        {
            var name = foreign.Any(other => other.Name == job.Name) ? $"signalbox-{job.Name}" : job.Name;
            yield return job with { Name = name, Needs = job.Kind == JobKind.Scan ? [] : [.. before] };
            before.Add(name);
        }
    }
}
