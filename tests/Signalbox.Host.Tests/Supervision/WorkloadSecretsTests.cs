using Signalbox.Host.Posix;
using Signalbox.Host.Supervision;

namespace Signalbox.Host.Tests.Supervision;

/// <summary>What a workload with a user of its own gets to see of its host.</summary>
public sealed class WorkloadSecretsTests
{
    [Fact]
    public async Task Workload_OwnUser_SeesNothingOfTheHost()
    {
        if (Libc.EffectiveUserId() != 0 || WorkloadUser.SetprivPath is null) Assert.Skip("needs root and setpriv");
        Environment.SetEnvironmentVariable("SIGNALBOX_TEST_TOKEN", "secret");
        await using var bench = new SupervisorBench(separateUsers: true);
        // even where a file itself is open to everybody
        File.WriteAllText(Path.Combine(bench.Paths.State, "token"), "secret");
        var other = await bench.StartReadyAsync(bench.Shell("echo secret > $HOME/s; chmod 777 $HOME/s; exec sleep 304") with { Service = "other" });
        var instance = await bench.StartReadyAsync(bench.Shell($"""
            env | cut -d= -f1 | sort | tr '\n' ' '; echo
            ls /proc/self/fd | tr '\n' ' '; echo
            cat {bench.Paths.State}/token {bench.Paths.State}/logs/* {bench.Paths.WorkDirectory(other.Id)}/s && echo reads
            ls {bench.Paths.State} {bench.Paths.Work} {bench.Paths.Artifacts} && echo lists
            cat {bench.Root}/workloads/users.json && echo reads users
            tr '\0' '\n' < /proc/{Environment.ProcessId}/environ && echo reads the host
            tr '\0' '\n' < /proc/$PPID/environ && echo reads the shim
            kill -0 {Environment.ProcessId} && echo signals the host
            kill -0 $PPID && echo signals the shim
            kill -0 {other.Status.WorkloadPid} && echo signals the other
            echo done; exec sleep 305
            """));
        await SupervisorBench.UntilAsync(() => Said(bench, instance).Contains("done"), () => string.Join('\n', Said(bench, instance)));

        var said = Said(bench, instance);
        string[] allowed = ["PATH", "LANG", "LANGUAGE", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "DOTNET_ROOT", "JAVA_HOME", "HOME", "TMPDIR", "HOST", "PORT", "SIGNALBOX_INSTANCE", "PWD", "OLDPWD", "_", "SHLVL"];
        Assert.All(said[0].Split(' ', StringSplitOptions.RemoveEmptyEntries), name => Assert.True(allowed.Contains(name) || name.StartsWith("LC_", StringComparison.Ordinal), name));
        Assert.Equal("0 1 2 3 ", said[1]);
        Assert.Equal(["done"], said.Skip(2).Where(line => !IsRefusal(line)));
    }

    private static IReadOnlyList<string> Said(SupervisorBench bench, SupervisedInstance instance) => bench.Supervisor.LogTail(instance.Id, 100, 100_000);

    private static bool IsRefusal(string line) =>
        line.Contains("denied", StringComparison.Ordinal) || line.Contains("cannot open", StringComparison.Ordinal)
        || line.Contains("not permitted", StringComparison.Ordinal) || line.Contains("No such file", StringComparison.Ordinal);
}
