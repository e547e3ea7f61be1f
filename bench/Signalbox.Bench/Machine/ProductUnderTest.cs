using Signalbox.Api;

namespace Signalbox.Bench.Machine;

/// <summary>How the application of <see cref="ProductUnderTest"/> goes out.</summary>
/// <param name="Strategy">As signalbox.yaml says it.</param>
/// <param name="StartMilliseconds">How long the server takes before it listens.</param>
/// <param name="ErrorRate">Share of the requests that fail, of both releases.</param>
/// <param name="Fault">What becomes of the second release 3 s after its first request (bench/apps/server.js); it is not expected to succeed then.</param>
internal sealed record ProductSetup(string Strategy, int Instances = 1, int StartMilliseconds = 0, double ErrorRate = 0, string? Fault = null)
{
    public static ProductSetup Canary { get; } = new(
        $"canary: {{ steps: [{{ weight: 10%, for: 1s }}, {{ weight: 50%, for: 1s }}], bake: 1s, keepWarm: 2s, lossOfContact: {ProductUnderTest.LossOfContact.TotalSeconds}s, analysis: false }}");
}

/// <summary>
/// An installation as `signalbox up` leaves it, its two daemons children of the bench, so that each can be killed
/// and started again. The application is bench/apps/server.js; it has two releases.
/// </summary>
internal sealed class ProductUnderTest : IAsyncDisposable
{
    public const string Application = "bench", Environment = "production";

    /// <summary>Of the canary.</summary>
    public static readonly TimeSpan LossOfContact = TimeSpan.FromSeconds(3);

    /// <summary>From the first request of a release with a fault to the fault.</summary>
    private static readonly TimeSpan FaultAfter = TimeSpan.FromSeconds(3);

    private readonly Workspace _workspace;
    private readonly ProductSetup _setup;
    private Daemon _host, _plane;

    private ProductUnderTest(Workspace workspace, ProductSetup setup)
    {
        (_workspace, _setup) = (workspace, setup);
        Api = new(State);
        _host = StartDaemon("host");
        _plane = StartDaemon("serve", "--listen", "127.0.0.1:0");
        Interruption.OnInterrupt(() => DisposeAsync().AsTask().Wait());
    }

    public int Port { get; } = Workspace.FreePort();

    public string State => _workspace.PathOf("state");

    public ControlPlaneApi Api { get; }

    public static IReadOnlyList<string> Releases { get; } = [$"{Application}-1", $"{Application}-2"];

    public Daemon Host => _host;

    public Daemon Plane => _plane;

    public static async Task<ProductUnderTest> StartAsync(Workspace workspace, ProductSetup? setup = null)
    {
        var product = new ProductUnderTest(workspace, setup ?? ProductSetup.Canary);
        try
        {
            await product.PlaneReadyAsync();
            await Until.TrueAsync(() => Task.FromResult(File.Exists(Path.Combine(product.State, "host.sock"))), "the host has a socket");
            await product.DeployAsync("v1", null);
            await product.DeployAsync("v2", product._setup.Fault);
            return product;
        }
        catch
        {
            foreach (var log in (string[])["host.log", "serve.log"]) Console.Error.WriteLine(File.ReadAllText(workspace.PathOf(log)));
            await product.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes out the release that does not serve now, and waits for the end.</summary>
    /// <exception cref="InvalidOperationException">It did not succeed.</exception>
    public async Task<RolloutView> RollOutAsync()
    {
        var ended = await EndAsync(await StartRolloutAsync());
        return ended.Phase == "Succeeded" ? ended : throw new InvalidOperationException($"{ended.Id} ended {ended.Phase}: {ended.Reason}");
    }

    /// <summary>Begins to take out the release that does not serve now. An answer that is lost on a busy machine is asked for again.</summary>
    /// <returns>The rollout's id.</returns>
    public async Task<string> StartRolloutAsync()
    {
        TrackView? before = null;
        await Until.TrueAsync(async () => (before = await Api.TrackAsync(Application, Environment)) is not null, "the control plane shows its track");
        var release = Releases.First(release => release != before!.Stable);
        string? started = null;
        await Until.TrueAsync(async () => (started = (await Api.StartAsync(Application, Environment, release))?.Id ?? await NewerAsync(before!.Rollout?.Id)) is not null, "the control plane starts a rollout", everyMs: 100);
        return started!;
    }

    private async Task<string?> NewerAsync(string? rollout) =>
        (await Api.TrackAsync(Application, Environment))?.Rollout is { } newest && newest.Id != rollout ? newest.Id : null;

    /// <summary>Waits until a rollout has ended, whichever way.</summary>
    public async Task<RolloutView> EndAsync(string rollout)
    {
        RolloutView? now = null;
        await Until.TrueAsync(async () => (now = (await Api.TrackAsync(Application, Environment))?.Rollout) is { EndedAt: not null } && now.Id == rollout, $"{rollout} ends", everyMs: 20);
        return now!;
    }

    /// <summary>SIGKILL.</summary>
    public void KillPlane() => _plane.Kill();

    /// <summary>Until the new one answers.</summary>
    public async Task RestartPlaneAsync()
    {
        _plane.Dispose();
        _plane = StartDaemon("serve", "--listen", "127.0.0.1:0");
        await PlaneReadyAsync();
    }

    /// <summary>SIGKILL, and another one at once.</summary>
    public void KillAndRestartHost()
    {
        _host.Kill();
        _host.Dispose();
        _host = StartDaemon("host");
    }

    public Task<string> CliAsync(params string[] arguments) => Commands.RunAsync(Workspace.Signalbox, [.. arguments, "--state", State]);

    private Task PlaneReadyAsync() => Until.TrueAsync(() => Api.IsServedByAsync(_plane.Id), "the control plane answers");

    private Daemon StartDaemon(string verb, params string[] arguments) =>
        new(_workspace.PathOf(verb + ".log"), Workspace.Signalbox, null, [verb, .. arguments, "--state", State]);

    private async Task DeployAsync(string version, string? fault)
    {
        var app = Directory.CreateDirectory(_workspace.PathOf(version)).FullName;
        File.Copy(Path.Combine(Workspace.AppDirectory, "server.js"), Path.Combine(app, "server.js"));
        await File.WriteAllTextAsync(Path.Combine(app, "signalbox.yaml"), $$"""
            apiVersion: signalbox/v1
            application: {{Application}}
            process: { command: [node, server.js] }
            port: {{Port}}
            instances: {{_setup.Instances}}
            env: { VERSION: {{version}}, START_MS: "{{_setup.StartMilliseconds}}", ERROR_RATE: "{{_setup.ErrorRate}}"{{(fault is null ? "" : $", FAULT: {fault}, FAULT_AFTER_MS: \"{FaultAfter.TotalMilliseconds}\"")}} }
            health: { http: /healthz }
            environments:
              - name: {{Environment}}
                strategy: { {{_setup.Strategy}} }

            """);
        if (fault is null) await CliAsync("deploy", app);
        else await MakeReleaseAsync(app);
    }

    /// <summary>There is no traffic yet that would show its fault, so it is not let out either.</summary>
    private async Task MakeReleaseAsync(string app)
    {
        await CliAsync("deploy", app, "--no-wait");
        var rollout = (await Api.TrackAsync(Application, Environment))!.Rollout!.Id;
        await Api.CommandAsync(rollout, "abort", "the bench takes it out later");
        await EndAsync(rollout);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await CliAsync("down");
        }
        finally
        {
            Api.Dispose();
            _plane.Dispose();
            _host.Dispose();
        }
    }
}
