using System.Text.Json;
using Signalbox.Delivery;
using Signalbox.Host.Posix;
using Signalbox.Host.Supervision;
using Signalbox.Pipelines.Local;

namespace Signalbox.Cli.Running;

/// <summary>What jobs come to on this machine: a shell, a container, a scanner that is installed, or what Signalbox does itself.</summary>
/// <param name="directory">Of signalbox.yaml.</param>
/// <param name="gaps">By a job's name: what of it is not done here.</param>
/// <param name="mark">By which all processes of the run are found again.</param>
/// <param name="folder">The run's.</param>
/// <param name="secrets">What is hidden in scanners' reports.</param>
/// <param name="inside">Jobs without a command: SBOM and signature.</param>
internal sealed class JobCommands(
    string directory, IReadOnlyDictionary<string, string> gaps, IReadOnlyDictionary<string, string> host, string mark, string folder, SecretPatterns secrets, Func<PlannedJob, CancellationToken, Task<InsideEnd>> inside) : IJobCommands
{
    private const string Shell = "/bin/sh";

    /// <summary>The label of the run's containers.</summary>
    public const string Label = "signalbox.run";

    private static readonly string[] s_engines = ["docker", "podman"];

    public static string? Engine(IReadOnlyDictionary<string, string> host, string directory) =>
        s_engines.Select(name => ProgramPath.Find(name, directory, host, out _)).FirstOrDefault(found => found is not null);

    public bool IsInstalled(string program) => ProgramPath.Find(program, directory, host, out _) is not null;

    public JobCommand Of(PlannedJob job)
    {
        var environment = JobEnvironment.Of(job, host, out var missing);
        var gap = gaps.GetValueOrDefault(job.Job.Name);
        if (gap is not null && job.Job.Run == ForeignScript.Nothing) return new() { Gap = gap };
        if (missing is not null) return new() { Problem = $"its env takes {missing}, which is not set where the run was started" };
        environment[Leftovers.Mark] = mark;
        return job.Job.Kind switch
        {
            JobKind.Command when job.Job.Image is { } image => Container(job, image, environment) with { Without = gap },
            JobKind.Command => new() { Start = new(Shell, ["sh", "-e", "-c", job.Job.Run!], environment, directory), Without = gap },
            JobKind.Scan => Scan(job, environment),
            JobKind.Image => Image(job, job.Job.Builds!, environment),
            _ => new() { Inside = cancel => inside(job, cancel) },
        };
    }

    /// <summary>The directory is mounted where it is, so that paths in what a job writes are true here too; values go by name, so that no list of processes shows them.</summary>
    private JobCommand Container(PlannedJob job, string image, Dictionary<string, string> environment)
    {
        if (Engine(host, directory) is not { } engine)
            return new() { Problem = $"it runs in {image}, and neither docker nor podman is installed; remove image to run it on this machine" };
        var own = JobEnvironment.Own(job, host, out _);
        string[] command =
        [
            Path.GetFileName(engine), "run", "--rm", "--init", "--label", $"{Label}={mark}", "--volume", $"{directory}:{directory}", "--workdir", directory,
            .. Path.GetFileName(engine) == "docker" ? ["--user", $"{FileOwner.Of(directory) ?? 0}"] : Array.Empty<string>(),
            .. own.Keys.Append("CI").SelectMany(name => new[] { "--env", name }), "--entrypoint", Shell, image, "-e", "-c", job.Job.Run!,
        ];
        return new() { Start = new(engine, command, environment, directory) };
    }

    private JobCommand Image(PlannedJob job, ImageBuild build, Dictionary<string, string> environment)
    {
        if (ImageBuilder.All.FirstOrDefault(one => IsInstalled(one.Name)) is not { } builder)
            return new() { Problem = $"it builds an image, and none of {string.Join(", ", ImageBuilder.All.Select(one => one.Name))} is installed; install one of them" };
        var images = Directory.CreateDirectory(RunFolders.Images(folder)).FullName;
        var name = Path.Combine(images, RunFolders.NameOf(job));
        var (told, pushed, known) = (name + ".id", name + ".digest", name + ".json");
        // of a try or a run before
        foreach (var file in new[] { told, pushed, known }) File.Delete(file);
        return new()
        {
            Start = new(Shell, ["sh", "-e", "-c", builder.Script(ProgramPath.Find(builder.Name, directory, host, out _)!, build, told, pushed)], environment, directory),
            Check = () =>
            {
                var image = ImageBuilder.Read(job, File.ReadAllText(told), build.Push ? File.ReadAllText(pushed) : null);
                AtomicFile.Write(known, JsonSerializer.SerializeToUtf8Bytes(image, RunJson.Default.BuiltImage));
                return null;
            },
        };
    }

    private JobCommand Scan(PlannedJob job, Dictionary<string, string> environment)
    {
        if (Scanner.Named(job.Scanner!) is not { } scanner) return new() { Gap = $"no scanner is installed; expected one of {string.Join(", ", ScannerNames.All)}" };
        if (ProgramPath.Find(scanner.Name, directory, host, out _) is not { } program) return new() { Gap = $"{scanner.Name} is not installed, so nothing was scanned by it" };
        // it may show what it found: until that is hidden it is no result
        var report = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "scans")).FullName, scanner.Report);
        File.Delete(report);
        return new()
        {
            Start = new(program, [scanner.Name, .. scanner.Arguments(report)], environment, directory),
            Accepted = scanner.Accepted,
            Check = () =>
            {
                if (!File.Exists(report)) return $"{scanner.Name} ended well and wrote no report";
                RunReports.Take(report, Path.Combine(folder, "results", scanner.Report), secrets);
                File.Delete(report);
                return null;
            },
        };
    }
}
