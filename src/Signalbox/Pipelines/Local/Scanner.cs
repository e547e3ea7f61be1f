using Signalbox.Delivery;

namespace Signalbox.Pipelines.Local;

/// <summary>How a scanner is started so that it writes a report that can be read here.</summary>
/// <param name="Report">The report's file name.</param>
/// <param name="Accepted">Exit codes of a scan that was made, whatever it found.</param>
/// <param name="Arguments">With the report's path to the words behind the program's name. By each tool's own manual.</param>
internal sealed record Scanner(string Name, string Report, IReadOnlyList<int> Accepted, Func<string, IReadOnlyList<string>> Arguments)
{
    /// <summary>What Signalbox itself keeps is never scanned.</summary>
    private const string Own = ".signalbox";

    public static IReadOnlyList<Scanner> All { get; } =
    [
        new("trivy", "trivy.json", [0], report => ["fs", "--quiet", "--format", "json", "--skip-dirs", Own, "--output", report, "."]),
        new("grype", "grype.json", [0], report => ["dir:.", "--quiet", "--output", "json", "--exclude", $"./{Own}/**", "--file", report]),
        // 1: something was found; 2 and 3: nothing was scanned
        new("snyk", "snyk.json", [0, 1], report => ["test", $"--json-file-output={report}"]),
        new("semgrep", "semgrep.json", [0], report => ["scan", "--quiet", "--metrics=off", "--config", "p/default", "--json", "--output", report, "."]),
        new("gitleaks", "gitleaks.json", [0], report => ["detect", "--no-banner", "--redact", "--source", ".", "--exit-code", "0", "--report-format", "json", "--report-path", report]),
        new("syft", "syft.cdx.json", [0], report => ["scan", "dir:.", "--quiet", "--exclude", $"./{Own}/**", "--output", $"cyclonedx-json={report}"]),
    ];

    public static Scanner? Named(string name) => All.FirstOrDefault(scanner => scanner.Name == name);

    /// <summary>Those that a job runs: the ones it names, else each that is installed, else one that says that none is.</summary>
    public static IReadOnlyList<string> Of(PipelineJob job, Func<string, bool> isInstalled)
    {
        if (job.Scanners.Count > 0) return job.Scanners;
        return All.Where(scanner => isInstalled(scanner.Name)).Select(scanner => scanner.Name).ToList() is { Count: > 0 } found ? found : ["none"];
    }
}
