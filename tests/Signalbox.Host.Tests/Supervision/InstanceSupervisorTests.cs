using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Signalbox.Delivery;
using Signalbox.Host.Posix;
using Signalbox.Host.Supervision;

namespace Signalbox.Host.Tests.Supervision;

public sealed class InstanceSupervisorTests
{
    [Fact]
    public async Task Start_HealthyApp_BecomesReadyOnItsPort()
    {
        await using var bench = new SupervisorBench();
        var instance = await bench.StartReadyAsync(bench.App("--version", "7"));

        Assert.InRange(instance.Port, Ports.First, Ports.Last);
        using var client = new HttpClient();
        Assert.Equal("7 GET /x 0\n", await client.GetStringAsync($"http://127.0.0.1:{instance.Port}/x"));
        Assert.Null(instance.Failure);
        Assert.Equal([InstancePhase.Starting, InstancePhase.Ready], bench.Seen.Select(s => s.Phase));
    }

    [Fact]
    public async Task Start_AppExits_RestartsWithBackoffAndSaysWhy()
    {
        await using var bench = new SupervisorBench();
        var instance = bench.Supervisor.Start(bench.Shell("echo about to fail >&2; exit 7"));
        await SupervisorBench.UntilAsync(instance, i => i.Restarts >= 3);

        var failure = (await SupervisorBench.UntilAsync(instance, i => i.Phase == InstancePhase.Backoff)).Failure!;
        Assert.Equal(("exited", 7), (failure.Kind, failure.ExitCode));
        Assert.Contains("about to fail", failure.LogTail);
        Assert.StartsWith("exited with code 7", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_AppKilled_NamesTheSignal()
    {
        await using var bench = new SupervisorBench();
        var instance = bench.Supervisor.Start(bench.Shell("kill -9 $$"));
        await SupervisorBench.UntilAsync(instance, i => i.Failure is not null);
        Assert.StartsWith("killed by SIGKILL", instance.Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-such-program", "is not a program in the workload's PATH")]
    [InlineData("./missing.sh", "does not exist in the artifact")]
    [InlineData("./not-executable", "lacks an execute permission")]
    public async Task Start_CannotBeExecuted_SaysWhy(string program, string expected)
    {
        await using var bench = new SupervisorBench();
        File.WriteAllText(Path.Combine(bench.Artifact, "not-executable"), "");
        var instance = bench.Supervisor.Start(bench.Spec([program], SupervisorBench.Http()));
        await SupervisorBench.UntilAsync(instance, i => i.Failure is not null);
        Assert.Equal("cannot-start", instance.Failure!.Kind);
        Assert.Contains(expected, instance.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ArtifactMissing_SaysSo()
    {
        await using var bench = new SupervisorBench();
        var instance = bench.Supervisor.Start(bench.App() with { ArtifactDirectory = "/nonexistent/artifact" });
        await SupervisorBench.UntilAsync(instance, i => i.Failure is not null);
        Assert.Equal("artifact-missing", instance.Failure!.Kind);
    }

    [Fact]
    public async Task Start_ListensElsewhere_TimesOutAndNamesThePort()
    {
        await using var bench = new SupervisorBench();
        var port = FreePort();
        var spec = bench.App("--port", $"{port}") with { Health = SupervisorBench.Http(startWithinSeconds: 1) };
        var instance = bench.Supervisor.Start(spec);
        await SupervisorBench.UntilAsync(instance, i => i.Failure is not null);

        Assert.Equal("start-timeout", instance.Failure!.Kind);
        Assert.Contains($"it listens on port {port} instead", instance.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartTimeout_WhoseLastProbeWasCutShort_SaysWhatTheOnesBeforeSaw()
    {
        await using var bench = new SupervisorBench();
        var asked = Path.Combine(bench.Root, "asked");
        // the first probe fails at once, those after it hang until they are cut off
        var spec = bench.Shell("exec sleep 300") with
        {
            Health = SupervisorBench.None with
            {
                Command = ["sh", "-c", $"[ -e {asked} ] && exec sleep 60; touch {asked}; echo 'no database yet' >&2; exit 1"],
                StartWithin = TimeSpan.FromSeconds(2),
                Timeout = TimeSpan.FromSeconds(30),
            },
        };
        var instance = bench.Supervisor.Start(spec);
        await SupervisorBench.UntilAsync(instance, i => i.Failure is not null);

        Assert.Equal("start-timeout", instance.Failure!.Kind);
        Assert.Contains("no database yet", instance.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NotReadyForLong_SaysSoWithTheLastLinesUntilItIs()
    {
        await using var bench = new SupervisorBench { Timings = new() { StartNotice = TimeSpan.FromMilliseconds(200) } };
        await bench.RestartHostAsync();
        var late = Path.Combine(bench.Root, "late");
        var spec = bench.Shell($"echo waits for its database; until [ -e {late} ]; do sleep 0.05; done; exec sleep 300") with
        {
            Health = SupervisorBench.None with { Command = ["test", "-e", late] },
        };
        var instance = bench.Supervisor.Start(spec);
        await SupervisorBench.UntilAsync(instance, i => i.Failure is { Kind: "not-ready-yet", LogTail.Count: > 0 });
        Assert.Equal((InstancePhase.Starting, "waits for its database"), (instance.Phase, instance.Failure!.LogTail[0]));

        bench.Flag("late");
        await SupervisorBench.UntilAsync(instance, i => i.Ready);
        Assert.Null(instance.Failure);
    }

    [Fact]
    public async Task Start_ListenerForeign_FailsAndTriesAnotherPort()
    {
        await using var bench = new SupervisorBench();
        using var foreign = new ForeignListener();
        // the workload never listens; this process takes whatever port it is given
        var instance = bench.Supervisor.Start(bench.Shell("exec sleep 300") with { Kind = ServiceKind.Web, Health = SupervisorBench.None });
        await SupervisorBench.UntilAsync(() => foreign.TryTake(instance.Port), () => "the port was never given");
        await SupervisorBench.UntilAsync(instance, i => i.Failure is { Kind: "listener-foreign" });

        var taken = foreign.Port;
        await SupervisorBench.UntilAsync(instance, i => i.Restarts >= 1 && i.Port != taken);
        Assert.DoesNotContain(bench.Seen, s => s.Phase == InstancePhase.Ready);
    }

    [Fact]
    public async Task Watch_HealthFailsAndRecovers_GoesUnreadyAndBack()
    {
        await using var bench = new SupervisorBench();
        var healthy = bench.Flag("healthy");
        var instance = await bench.StartReadyAsync(bench.App("--health-file", healthy));
        File.Delete(healthy);
        await SupervisorBench.UntilAsync(instance, i => i.Phase == InstancePhase.Unready);
        Assert.Contains("answered 503", instance.Failure!.Message, StringComparison.Ordinal);
        bench.Flag("healthy");
        await SupervisorBench.UntilAsync(instance, i => i.Ready);
        Assert.Equal(0, instance.Restarts);
    }

    [Fact]
    public async Task Watch_UnhealthyForLong_Restarts()
    {
        await using var bench = new SupervisorBench();
        var healthy = bench.Flag("healthy");
        var spec = bench.App("--health-file", healthy) with { Health = SupervisorBench.Http() with { RestartAfter = TimeSpan.FromMilliseconds(300) } };
        var instance = await bench.StartReadyAsync(spec);
        File.Delete(healthy);
        await SupervisorBench.UntilAsync(instance, i => i.Restarts == 1);
        bench.Flag("healthy");
        await SupervisorBench.UntilAsync(instance, i => i.Ready);
        Assert.Contains(bench.Seen, s => s is (_, InstancePhase.Backoff, "unhealthy"));
    }

    [Fact]
    public async Task Stop_AppDrains_EndsGently()
    {
        await using var bench = new SupervisorBench();
        var instance = await bench.StartReadyAsync(bench.App("--latency-ms", "400"));
        using var client = new HttpClient();
        var request = client.GetStringAsync($"http://127.0.0.1:{instance.Port}/slow");
        await SupervisorBench.UntilAsync(() => Established(instance.Port), () => "never connected");

        await bench.Supervisor.StopAsync(instance.Id, CancellationToken.None);

        Assert.Equal("1 GET /slow 0\n", await request);
        Assert.Equal(InstancePhase.Exited, instance.Phase);
        Assert.Empty(bench.Supervisor.Instances);
        Assert.False(Directory.Exists(bench.Paths.InstanceDirectory(instance.Id)));
        Assert.Contains("SIGTERM: draining", File.ReadAllText(bench.Paths.LogFile(instance.Spec, instance.Id)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_AppIgnoresTerm_IsKilledAfterTheGrace()
    {
        await using var bench = new SupervisorBench();
        var instance = await bench.StartReadyAsync(bench.App("--ignore-term") with { StopGrace = TimeSpan.FromMilliseconds(300) });
        var pid = instance.Status.WorkloadPid!.Value;
        var took = Stopwatch.StartNew();
        await bench.Supervisor.StopAsync(instance.Id, CancellationToken.None);

        Assert.InRange(took.ElapsedMilliseconds, 290, 5000);
        Assert.False(ProcessStat.Read(pid) is { Alive: true });
    }

    [Fact]
    public async Task Stop_InBackoff_EndsAtOnce()
    {
        await using var bench = new SupervisorBench();
        var instance = bench.Supervisor.Start(bench.Shell("exit 1"));
        await SupervisorBench.UntilAsync(instance, i => i.Phase == InstancePhase.Backoff);
        await bench.Supervisor.StopAsync(instance.Id, CancellationToken.None);
        Assert.Empty(bench.Supervisor.Instances);
        await bench.Supervisor.StopAsync(instance.Id, CancellationToken.None);
    }

    [Fact]
    public async Task Cron_RunEndsWell_IsNotRunAgain()
    {
        await using var bench = new SupervisorBench();
        var instance = bench.Supervisor.Start(bench.Shell("exit 0") with { Kind = ServiceKind.Cron });
        await SupervisorBench.UntilAsync(instance, i => i.Phase == InstancePhase.Exited);
        Assert.Null(instance.Failure);
    }

    [Fact]
    public async Task Environment_IsAnAllowList()
    {
        Environment.SetEnvironmentVariable("SIGNALBOX_TEST_TOKEN", "secret");
        Environment.SetEnvironmentVariable("AWS_TEST_SECRET", "secret");
        await using var bench = new SupervisorBench();
        var spec = bench.App() with { Environment = new Dictionary<string, string> { ["GREETING"] = "hello world", ["PORT"] = "1" } };
        var instance = await bench.StartReadyAsync(spec);
        using var client = new HttpClient();
        var seen = (await client.GetStringAsync($"http://127.0.0.1:{instance.Port}/env")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Contains("GREETING=hello world", seen);
        Assert.Contains($"PORT={instance.Port}", seen);
        Assert.Contains("HOST=127.0.0.1", seen);
        Assert.Contains($"SIGNALBOX_INSTANCE={instance.Id}", seen);
        Assert.DoesNotContain(seen, v => v.Contains("secret", StringComparison.Ordinal) || v.StartsWith("SIGNALBOX_TEST", StringComparison.Ordinal) || v.StartsWith("DOTNET_GC", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Probe_CommandAndTcp_MakeReady()
    {
        await using var bench = new SupervisorBench();
        var flag = Path.Combine(bench.Root, "healthy");
        var byCommand = bench.Shell("exec sleep 300") with { Health = SupervisorBench.None with { Command = ["sh", "-c", $"[ -n \"$PORT\" ] && [ -e {flag} ]"] } };
        var worker = bench.Supervisor.Start(byCommand);
        var web = await bench.StartReadyAsync(bench.App() with { Health = SupervisorBench.None with { Tcp = true } });
        Assert.False(worker.Ready);
        File.WriteAllText(flag, "");
        await SupervisorBench.UntilAsync(worker, i => i.Ready);
        Assert.True(web.Ready);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static bool Established(int port)
    {
        var hex = $":{port:X4} ";
        return File.ReadLines("/proc/net/tcp").Any(l => l.Contains(hex, StringComparison.Ordinal) && l.Contains(" 01 ", StringComparison.Ordinal));
    }

    private sealed class ForeignListener : IDisposable
    {
        private Socket? _socket;

        public int Port { get; private set; }

        public bool TryTake(int port)
        {
            if (port == 0) return false;
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                socket.Listen(16);
                (_socket, Port) = (socket, port);
                return true;
            }
            catch (SocketException)
            {
                socket.Dispose();
                return false;
            }
        }

        public void Dispose() => _socket?.Dispose();
    }
}
