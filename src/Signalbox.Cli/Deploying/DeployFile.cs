using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;
using Signalbox.Delivery;
using Signalbox.Delivery.Reading;
using Signalbox.Diagnostics;
using Signalbox.Host.Supervision;

namespace Signalbox.Cli.Deploying;

/// <summary>A signalbox.yaml without errors, and where it lies.</summary>
internal sealed record DeployFile(DeliveryFile File, IReadOnlyList<Application> Applications)
{
    public string Path => File.Path;

    public string Directory => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;

    /// <summary>Reads it and prints its warnings.</summary>
    /// <exception cref="SignalboxException">All errors of the file, and of what it names, at once; exit code 1.</exception>
    public static async Task<DeployFile> ReadAsync(string path, Session session)
    {
        var file = Find(path);
        EditorSchema.Place(file);
        var read = DeliveryFileReader.ReadFile(file);
        if (read.Applications is not { } applications)
            throw new SignalboxException(System.IO.File.Exists(file) ? ExitCode.No : ExitCode.Undecided, [.. read.Findings, .. await AroundAsync(read, session).ConfigureAwait(false)]);
        if (applications.Count == 0)
            throw new SignalboxException(ExitCode.No, Finding.Error(DeliveryIds.MissingKey, "'application' is missing: this file holds the audit's policy alone", new(file), "signalbox init"));
        if (!session.Json) FindingText.Write(session.Error, read.Findings, Screen.ErrorPaint.On);
        return new(read, applications);
    }

    /// <summary>Looks for what the file names: artifacts, programs, free ports.</summary>
    /// <param name="client">Whose tracks' addresses are ours; null where no control plane runs.</param>
    /// <param name="beforeBuild">What a build will make need not be there yet.</param>
    /// <exception cref="SignalboxException">Something is missing; exit code 1.</exception>
    public async Task CheckAsync(ControlPlaneClient? client, string? environment, bool beforeBuild, Session session)
    {
        var findings = await FindAsync(File, client, environment, beforeBuild, session.Cancel).ConfigureAwait(false);
        if (findings.Any(f => f.Severity == Severity.Error)) throw new SignalboxException(ExitCode.No, findings);
    }

    /// <summary>What a file with errors names that is not there: a control plane that does not answer is no further error.</summary>
    private static async Task<IReadOnlyList<Finding>> AroundAsync(DeliveryFile file, Session session)
    {
        using var client = session.TryConnect();
        try
        {
            return await FindAsync(file, client, null, beforeBuild: true, session.Cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or SignalboxException)
        {
            return [];
        }
    }

    public static async Task<IReadOnlyList<Finding>> FindAsync(DeliveryFile file, ControlPlaneClient? client, string? environment, bool beforeBuild, CancellationToken cancel)
    {
        // programs and ports of this machine say nothing of another one
        if (client is { IsElsewhere: true }) return DeliveryFileCheck.Run(file, Surroundings(beforeBuild) with { Elsewhere = true }, environment);
        var status = client is null ? null : await client.StatusAsync(cancel).ConfigureAwait(false);
        return DeliveryFileCheck.Run(file, Surroundings(beforeBuild), environment, (application, of, listen) => IsOurs(status?.Tracks ?? [], application, of, listen));
    }

    /// <summary>Whether the host listens there for that very environment: now, beside it for a release that goes out, or on what covers it.</summary>
    internal static bool IsOurs(IEnumerable<TrackView> tracks, string application, string environment, ListenAddress listen) => tracks
        .Where(track => track.Application == application && track.Environment == environment)
        .SelectMany(track => track.Services.SelectMany(service => new[] { service.Address, service.Next, service.Preview }).OfType<string>())
        .Select(address => new Uri(address))
        .Any(address => new ListenAddress(address.IdnHost, address.Port).Overlaps(listen));

    // the host resolves `signalbox` to itself where it is on nobody's PATH
    public static DeliverySurroundings Surroundings(bool beforeBuild) => DeliverySurroundings.OfThisMachine() with
    {
        SearchPath = SelfProgram.SearchPath,
        SeparateUsers = SupervisionPaths.CanSeparateUsers,
        BeforeBuild = beforeBuild,
    };

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
