using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Signalbox.Delivery;
using Signalbox.Host.Posix;
using Signalbox.Host.Supervision;

namespace Signalbox.Host.Tests.Supervision;

/// <summary>A supervisor over real shims and processes in a directory of its own; everything it started is dead after it.</summary>
internal sealed class SupervisorBench : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Id, InstancePhase Phase, string? Failure)> _seen = new();

    public SupervisorBench(bool separateUsers = false)
    {
        Root = Directory.CreateTempSubdirectory("signalbox-test-").FullName;
        // workloads with users of their own must get through
        File.SetUnixFileMode(Root, (UnixFileMode)Convert.ToInt32("755", 8));
        Artifact = Directory.CreateDirectory(Path.Combine(Root, "artifact")).FullName;
        Paths = new(Path.Combine(Root, "state"), Path.Combine(Root, "workloads"), separateUsers);
        Supervisor = Make();
    }

    public static string AppPath => Path.Combine(AppContext.BaseDirectory, "Signalbox.Testing.App");

    /// <summary>The native file where SIGNALBOX_BINARY names it, else the one built for the JIT.</summary>
    public static SelfCommand Self => new(Environment.GetEnvironmentVariable("SIGNALBOX_BINARY") ?? Path.Combine(AppContext.BaseDirectory, "signalbox"), []);

    public string Root { get; }

    public string Artifact { get; }

    public SupervisionPaths Paths { get; }

    public InstanceSupervisor Supervisor { get; private set; }

    public SupervisionTimings Timings { get; set; } = new() { BackoffFirst = TimeSpan.FromMilliseconds(50) };

    public IReadOnlyList<(string Id, InstancePhase Phase, string? Failure)> Seen => [.. _seen];

    public static HealthCheck Http(double startWithinSeconds = 20, string path = "/healthz") => new(
        path, false, null, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(startWithinSeconds), 2, TimeSpan.FromSeconds(30));

    public static HealthCheck None => new(
        null, false, null, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(20), 2, TimeSpan.FromSeconds(30));

    /// <summary>Ends the shim of an instance without giving it the time for anything.</summary>
    public async Task KillShimAsync(SupervisedInstance instance)
    {
        var running = Host.Shim.ShimFiles.Read(Paths.InstanceDirectory(instance.Id), Host.Shim.ShimFiles.Running, Host.Shim.ShimJson.Default.ShimRunning)!;
        Pidfd.Signal(running.ShimPid, running.ShimStart, Libc.Sigkill);
        await UntilAsync(() => !ProcessStat.IsAlive(running.ShimPid, running.ShimStart), () => "the shim lives");
    }

    public InstanceSpec App(params string[] arguments) => Spec([AppPath, .. arguments], Http());

    public InstanceSpec Shell(string script) => Spec(["/bin/sh", "-c", script], None) with { Kind = ServiceKind.Worker };

    public InstanceSpec Spec(IReadOnlyList<string> command, HealthCheck health) => new(
        "shop/production", "web", "shop-1", 0, Artifact, command, new Dictionary<string, string>(), health, TimeSpan.FromSeconds(5), ServiceKind.Web);

    /// <summary>Makes a file for workloads to look at.</summary>
    public string Flag(string name)
    {
        var path = Path.Combine(Root, name);
        File.WriteAllText(path, "");
        return path;
    }

    /// <summary>As a host that is killed and started again: the workloads are not told.</summary>
    public async Task<IReadOnlyList<SupervisedInstance>> RestartHostAsync()
    {
        await Supervisor.DisposeAsync();
        Supervisor = Make();
        return await Supervisor.AdoptAsync();
    }

    public Task<SupervisedInstance> StartReadyAsync(InstanceSpec spec) => UntilAsync(Supervisor.Start(spec), i => i.Ready);

    public static async Task<SupervisedInstance> UntilAsync(SupervisedInstance instance, Func<SupervisedInstance, bool> condition)
    {
        await UntilAsync(() => condition(instance), () => $"{instance}, failure {instance.Failure}: {string.Join('\n', instance.Failure?.LogTail ?? [])}");
        return instance;
    }

    public static async Task UntilAsync(Func<bool> condition, Func<string> seen)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30), seen());
            await Task.Delay(5);
        }
    }

    /// <summary>The newest lines that an instance wrote.</summary>
    public IReadOnlyList<string> LogTail(SupervisedInstance instance, int lines = 20, int bytes = 4096) =>
        [.. LogReader.Tail(Paths.LogFile(instance.Spec, instance.Id), lines, bytes).Select(l => l.Text)];

    /// <summary>Whether any process has this text among its arguments.</summary>
    public static bool Runs(string mark) => ProcessStat.ReadAll().Any(p => p.Alive && CommandLine(p.Pid).Contains(mark, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Supervisor.Instances.Select(i => Supervisor.StopAsync(i.Id, CancellationToken.None)));
        await Supervisor.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }

    private InstanceSupervisor Make() => new(
        Paths, Self, TimeProvider.System, i => _seen.Enqueue((i.Id, i.Phase, i.Failure?.Kind)), NullLogger.Instance, Timings);

    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }
}
