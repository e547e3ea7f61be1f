namespace Signalbox.Delivery;

/// <summary>
/// Makes an application's artifacts where its source is, before they are packed. It belongs to the source, not to a release:
/// what it made is frozen by its digest.
/// </summary>
/// <param name="Run">A script for <c>sh -e -c</c>, run in the directory of signalbox.yaml with the environment of whoever deploys.</param>
/// <param name="Timeout">Past it the build is ended and nothing is deployed.</param>
public sealed record BuildStep(string Run, TimeSpan Timeout);
