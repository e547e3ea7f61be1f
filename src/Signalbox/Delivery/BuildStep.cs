namespace Signalbox.Delivery;

/// <summary>
/// Makes an application's artifacts where its source is, before they are packed. It belongs to the source, not to a release:
/// what it made is frozen by its digest.
/// </summary>
/// <param name="Run">A script for <c>sh -e -c</c>, run in the directory of signalbox.yaml with the environment of whoever deploys.</param>
/// <param name="Timeout">Past it the build is ended and nothing is deployed.</param>
public sealed record BuildStep(string Run, TimeSpan Timeout)
{
    /// <summary>Variables of its own.</summary>
    public IReadOnlyDictionary<string, JobVariable> Environment { get; init; } = new Dictionary<string, JobVariable>();

    /// <summary>Why it is more than a script for this machine (an image, a matrix, other jobs before it), which only <c>run</c> takes; else null.</summary>
    public string? NeedsRun { get; init; }

    /// <returns>Null for a job without a script.</returns>
    public static BuildStep? Of(PipelineJob job) => job.Run is not { } run ? null : new(run, job.Timeout)
    {
        Environment = job.Environment,
        NeedsRun = job switch
        {
            { Image: { } image } => $"it runs in {image}",
            { Matrix.Count: > 0 } => "it has a matrix",
            { Needs.Count: > 0 } => $"it needs {string.Join(", ", job.Needs)}",
            _ => null,
        },
    };
}
