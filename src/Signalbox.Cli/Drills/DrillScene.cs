using System.Net;
using System.Net.Sockets;
using Signalbox.Cli.Control;
using Signalbox.Cli.Deploying;
using Signalbox.Cli.Example;
using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Host.Supervision;

namespace Signalbox.Cli.Drills;

/// <param name="Workers">Workers and crons run too.</param>
/// <param name="Data">Exclusive data is opened.</param>
internal sealed record DrillLeave(bool Workers, bool Data);

/// <summary>
/// A temporary installation that runs an application beside the real one: its own state directory, its own ports, the same
/// artifacts. Its environment variables are the file's, so whatever acts by itself (workers, crons) stays out, and data that two
/// must not open is not opened twice, unless that is asked for.
/// </summary>
internal sealed class DrillScene : IAsyncDisposable
{
    private readonly DirectoryInfo _root;

    private DrillScene(DirectoryInfo root, Session session, DeployFile file, Application application, EnvironmentConfiguration environment)
    {
        _root = root;
        State = new(Path.Combine(_root.FullName, "state"));
        (Session, File, Environment) = (session with { State = State }, file, environment);
        Application = application with { Environments = [environment] };
    }

    public Session Session { get; }

    public Installation State { get; }

    public DeployFile File { get; }

    public Application Application { get; }

    public EnvironmentConfiguration Environment { get; }

    /// <summary>A directory beside the state directory that goes with the scene.</summary>
    public string Join(string name) => Path.Combine(_root.FullName, name);

    /// <summary>Where the application is asked whether it is well; null where it has no web service.</summary>
    public Uri? Health => Environment.Services.FirstOrDefault(service => service.Listen is not null) is { Listen: { } listen } web ? new($"http://{listen}{web.Health.Http ?? "/"}") : null;

    /// <param name="path">A signalbox.yaml or its directory; null for the example application.</param>
    /// <exception cref="SignalboxException">The file cannot be read, or what it describes must not be run a second time.</exception>
    public static async Task<DrillScene> SetAsync(Session session, string? path, string? application, string? environment, DrillLeave leave)
    {
        // the scene's workloads may be our own program, which another user could perhaps not read where it lies
        if (path is null) System.Environment.SetEnvironmentVariable(SupervisionPaths.SameUserVariable, "1");
        var root = Directory.CreateTempSubdirectory("signalbox-drill-");
        try
        {
            var file = await DeployFile.ReadAsync(path ?? Example(root), session).ConfigureAwait(false);
            var chosen = file.Choose(application)[0];
            return new(root, session, file, chosen, Apart(Allowed(file.Environment(chosen, environment), leave, file.Path)));
        }
        catch
        {
            root.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Packs it once more as the next release and waits until it serves.</summary>
    public async Task<Deployed> DeployAsync(ControlPlaneClient client)
    {
        // its ports are not the file's, so what the file says of them is not checked
        var artifacts = await new Deployment(client, Session, File) { Silent = true }.UploadAsync(Environment).ConfigureAwait(false);
        var release = await client.CreateReleaseAsync(new(Application.Name, null, artifacts, [Environment]), Session.Cancel).ConfigureAwait(false);
        return await new ReleaseStart(client, Session) { Silent = true }.RunAsync(release, Environment, wait: true).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await Shutdown.RunAsync(State).ConfigureAwait(false);
        if (State.Exists) State.Remove();
        _root.Delete(recursive: true);
    }

    /// <summary>What may run beside the real one: two that take jobs from one queue, or run one schedule, do both twice.</summary>
    private static EnvironmentConfiguration Allowed(EnvironmentConfiguration environment, DrillLeave leave, string file)
    {
        if (!leave.Data && environment.Services.FirstOrDefault(service => service.Data == DataMode.Exclusive) is { } exclusive)
            throw new SignalboxException(ExitCode.No, Finding.Error(
                "drill-exclusive-data", $"{exclusive.Name} in {environment.Name} has exclusive data, which the drill would open beside the one that serves; expected an environment whose data may be used", new(file), "signalbox drill rollback --with-data --env ENVIRONMENT   # where its paths are not the real ones"));
        var services = environment.Services.Where(service => leave.Workers || service.Kind == ServiceKind.Web).ToList();
        return services.Count > 0 ? environment with { Services = services } : throw new SignalboxException(ExitCode.No, Finding.Error(
            "drill-only-workers", $"{environment.Name} has workers and crons alone, which the drill would run on the same queues and data as the real ones; expected a web service", new(file), "signalbox drill rollback --with-workers --env ENVIRONMENT   # where its queues and data are not the real ones"));
    }

    /// <summary>Its own ports, and no waiting for what is not rehearsed: strategies that keep both releases go at once and keep the old one warm.</summary>
    private static EnvironmentConfiguration Apart(EnvironmentConfiguration environment) => environment with
    {
        Services = [.. environment.Services.Select(service => service.Listen is { } listen ? service with { Listen = listen with { Address = "127.0.0.1", Port = FreePort() } } : service)],
        Strategy = environment.Strategy.Kind == StrategyKind.Recreate ? environment.Strategy with { Bake = TimeSpan.Zero } : environment.Strategy with
        {
            Kind = StrategyKind.Canary,
            Steps = [new(Weight.Percent(50), TimeSpan.Zero)],
            BlueGreen = null,
            Rolling = null,
            Analysis = environment.Strategy.Analysis with { Enabled = false },
            Bake = TimeSpan.Zero,
            KeepWarm = TimeSpan.FromMinutes(5),
        },
        // a rehearsal migrates nobody's database
        PreHook = null,
        PostHook = null,
        Gates = null,
    };

    private static string Example(DirectoryInfo root)
    {
        var directory = root.CreateSubdirectory("app").FullName;
        System.IO.File.WriteAllText(Path.Combine(directory, "signalbox.yaml"), """
            apiVersion: signalbox/v1
            application: example
            process: { command: [signalbox, example-app] }
            port: 8080
            health: { http: /healthz, interval: 200ms }
            environments:
              - name: drill
            """);
        new ExampleBehaviour("v1").Write(Path.Combine(directory, "app.json"));
        return directory;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
