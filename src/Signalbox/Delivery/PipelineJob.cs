using System.Text.Json.Serialization;

namespace Signalbox.Delivery;

/// <summary>What a job does: a script of its own, or what Signalbox does by itself.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobKind>))]
public enum JobKind
{
    /// <summary>Runs <see cref="PipelineJob.Run"/>.</summary>
    Command,

    /// <summary>Runs each of <see cref="PipelineJob.Scanners"/> that is installed.</summary>
    Scan,

    /// <summary>Writes an SBOM from the lockfiles.</summary>
    Sbom,

    /// <summary>Writes provenance, and signs it where there is a key.</summary>
    Sign,

    /// <summary>Makes the container image of <see cref="PipelineJob.Builds"/>.</summary>
    Image,
}

/// <summary>How the jobs before one must have ended for it to run.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobWhen>))]
public enum JobWhen
{
    /// <summary>All have succeeded.</summary>
    Success,

    /// <summary>At least one has failed.</summary>
    Failure,

    /// <summary>However they ended.</summary>
    Always,

    /// <summary>As for success, and only where it is named on the command line.</summary>
    Manual,
}

/// <summary>One job of <c>pipeline</c>, with every default filled in.</summary>
public sealed record PipelineJob
{
    public required string Name { get; init; }

    public JobKind Kind { get; init; }

    /// <summary>A script for <c>sh -e -c</c>, run in the directory of signalbox.yaml; null where <see cref="Kind"/> is no command.</summary>
    public string? Run { get; init; }

    /// <summary>Names of the jobs that end before it begins.</summary>
    public IReadOnlyList<string> Needs { get; init; } = [];

    /// <summary>Patterns (<see cref="PathGlob"/>) of the files it reads; a leading <c>!</c> takes out. Null: every file that Git does not ignore.</summary>
    public IReadOnlyList<string>? Inputs { get; init; }

    /// <summary>Patterns of the files it makes; empty: none. Null: nobody said, so the job runs each time.</summary>
    public IReadOnlyList<string>? Outputs { get; init; }

    public IReadOnlyDictionary<string, JobVariable> Environment { get; init; } = new SortedDictionary<string, JobVariable>(StringComparer.Ordinal);

    /// <summary>Of one try.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>How often it is tried again after a failure.</summary>
    public int Retries { get; init; }

    /// <summary>Whether the run goes on, and succeeds, where it fails.</summary>
    public bool FailureIgnored { get; init; }

    /// <summary>It runs once for each combination of their values; empty for once.</summary>
    public IReadOnlyList<MatrixAxis> Matrix { get; init; } = [];

    /// <summary>The container image that it runs in; null for this machine.</summary>
    public string? Image { get; init; }

    /// <summary>The container image that it makes; null where <see cref="Kind"/> is no image.</summary>
    public ImageBuild? Builds { get; init; }

    /// <summary>Patterns of the test reports it writes (JUnit, TRX).</summary>
    public IReadOnlyList<string> Tests { get; init; } = [];

    /// <summary>Patterns of the coverage reports it writes (Cobertura, LCOV, JaCoCo).</summary>
    public IReadOnlyList<string> Coverage { get; init; } = [];

    /// <summary>Names of scanners; empty: those that are installed.</summary>
    public IReadOnlyList<string> Scanners { get; init; } = [];

    /// <summary>File with the private key that signs, relative to signalbox.yaml; null where nothing is signed.</summary>
    public string? Key { get; init; }

    public JobWhen When { get; init; }

    /// <summary>Branches (<c>*</c> for any text) that it runs on; empty for all.</summary>
    public IReadOnlyList<string> Branches { get; init; } = [];

    /// <summary>False: it runs each time, whatever is known.</summary>
    public bool Cache { get; init; } = true;
}

/// <param name="Image">Its name in a registry, with or without a tag.</param>
/// <param name="From">The Dockerfile, relative to signalbox.yaml, whose directory is the build's context.</param>
/// <param name="Push">Whether it goes to the registry; then its digest is that of the registry.</param>
public sealed record ImageBuild(string Image, string From, bool Push);

/// <summary>A variable of a job. Exactly one of the two is set.</summary>
/// <param name="Text">Its value.</param>
/// <param name="From">The variable of whoever runs the pipeline that gives the value.</param>
/// <param name="Secret">The value is hidden in logs and is no part of what decides whether a result is known.</param>
public sealed record JobVariable(string? Text, string? From = null, bool Secret = false);

/// <param name="Name">Also the variable by which the job sees its value.</param>
public sealed record MatrixAxis(string Name, IReadOnlyList<string> Values)
{
    /// <summary>Of all axes of a job; each is a job of its own.</summary>
    internal const int MostCombinations = 256;

    /// <summary>Whether axes with so many values each have no more combinations than that.</summary>
    internal static bool AreFew(IEnumerable<int> values) => values.Aggregate(1L, (product, count) => Math.Min(MostCombinations + 1, product * count)) <= MostCombinations;
}

/// <summary>The scanners that a job of kind scan knows how to start.</summary>
public static class ScannerNames
{
    public static IReadOnlyList<string> All { get; } = ["trivy", "grype", "snyk", "semgrep", "gitleaks", "syft"];
}
