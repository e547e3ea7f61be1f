using Signalbox.Delivery;
using Signalbox.Pipelines.Local;

namespace Signalbox.Cli.Running;

/// <summary>What Signalbox does itself in a run: the SBOM, provenance and signature.</summary>
internal sealed class RunInsides(Session session, RunSource source, string results, SourceRevision? revision)
{
    public Task<InsideEnd> DoAsync(PlannedJob job, CancellationToken cancel) =>
        Task.FromResult(new InsideEnd(JobOutcome.Gap, $"{job.Id} of {source.File} is not made yet ({results}, {revision?.Commit}, {session.Json}, {cancel.CanBeCanceled})"));
}
