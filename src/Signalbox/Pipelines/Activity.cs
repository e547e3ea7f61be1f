using Signalbox.Yaml;

namespace Signalbox.Pipelines;

/// <summary>What a step does for delivery.</summary>
public enum ActivityKind { Checkout, Build, BuildImage, Test, Scan, Sbom, Sign, Attest, Login, Publish, PublishImage, Deploy, Verify, Rollback, RestoreCache, SaveCache }

/// <summary>One thing a step does.</summary>
/// <param name="Tool">Who does it: <c>kubectl</c>, <c>docker/build-push-action</c>.</param>
/// <param name="Subject">What it is done to, where that can be read: an image reference, a release, a path.</param>
/// <param name="Toothless">Why its failure cannot stop the pipeline (<c>|| true</c>, <c>exit-code: 0</c>), or null.</param>
/// <param name="Command">The shell command, or null where used code does it.</param>
public sealed record Activity(ActivityKind Kind, string Tool, TextRange Range, string? Subject = null, string? Toothless = null, Shell.ShellCommand? Command = null)
{
    /// <summary>Whether a scan looks at an image, and not at sources or their dependencies alone.</summary>
    public bool IsOfImage { get; init; }
}
