using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;
using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Host.Supervision;

namespace Signalbox.Cli.Deploying;

/// <summary>A signalbox.yaml without errors, and where it lies.</summary>
internal sealed record DeployFile(DeliveryFile File, IReadOnlyList<Application> Applications)
{
    public string Path => File.Path;

    public string Directory => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;

    /// <summary>Reads it and prints its warnings.</summary>
    /// <exception cref="SignalboxException">All errors of the file at once; exit code 1.</exception>
    public static DeployFile Read(string path, Session session)
    {
        var file = Find(path);
        var read = DeliveryFileReader.ReadFile(file);
        if (read.Applications is not { } applications)
            throw new SignalboxException(System.IO.File.Exists(file) ? ExitCode.No : ExitCode.Undecided, read.Findings);
        if (!session.Json) FindingText.Write(session.Error, read.Findings, Screen.ErrorPaint.On);
        return new(read, applications);
    }

    /// <summary>Looks for what the file names: artifacts, programs, free ports.</summary>
    /// <param name="client">Whose tracks' addresses are ours; null where no control plane runs.</param>
    /// <exception cref="SignalboxException">Something is missing; exit code 1.</exception>
    public async Task CheckAsync(ControlPlaneClient? client, string? environment, Session session)
    {
        var findings = await FindAsync(File, client, environment, session.Cancel).ConfigureAwait(false);
        if (findings.Any(f => f.Severity == Severity.Error)) throw new SignalboxException(ExitCode.No, findings);
    }

    public static async Task<IReadOnlyList<Finding>> FindAsync(DeliveryFile file, ControlPlaneClient? client, string? environment, CancellationToken cancel)
    {
        var status = client is null ? null : await client.StatusAsync(cancel).ConfigureAwait(false);
        var ours = (status?.Tracks ?? []).SelectMany(t => t.Services).SelectMany(s => new[] { s.Address, s.Preview }).ToHashSet(StringComparer.Ordinal);
        // the host resolves `signalbox` to itself where it is on nobody's PATH
        var surroundings = DeliverySurroundings.OfThisMachine() with
        {
            SearchPath = SelfProgram.SearchPath,
            SeparateUsers = SupervisionPaths.CanSeparateUsers,
        };
        return DeliveryFileCheck.Run(file, surroundings, environment, listen => ours.Contains($"http://{listen}"));
    }

    public static string Find(string path) =>
        System.IO.Directory.Exists(path) ? System.IO.Path.Combine(path == "." ? "" : path, DeliveryFileReader.DefaultName) : path;

    public IReadOnlyList<Application> Choose(string? name)
    {
        if (name is null) return Applications;
        return Applications.Where(a => a.Name == name).ToList() is { Count: > 0 } chosen
            ? chosen
            : throw new SignalboxException(ExitCode.Usage, Finding.Error(
                "application-unknown", $"{Path} has no application '{name}'; expected one of {string.Join(", ", Applications.Select(a => a.Name))}",
                new(Path), $"--app {Applications[0].Name}"));
    }

    public EnvironmentConfiguration Environment(Application application, string? name)
    {
        if (name is null) return application.Environments[0];
        return application.Environments.FirstOrDefault(e => e.Name == name)
            ?? throw new SignalboxException(ExitCode.Usage, Finding.Error(
                "environment-unknown",
                $"{application.Name} has no environment '{name}'; expected one of {string.Join(", ", application.Environments.Select(e => e.Name))}",
                new(Path), $"--env {application.Environments[0].Name}"));
    }
}
