using Signalbox.Host.Posix;
using Signalbox.Host.Supervision;

namespace Signalbox.Host.Tests.Supervision;

/// <summary>Workloads with users of their own: what they see, may and leave.</summary>
public sealed class OwnUserTests
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
        // dash ends the refusal of a kill with an empty line
        Assert.Equal(["done"], said.Skip(2).Where(line => line.Length > 0 && !IsRefusal(line)));
    }

    [Fact]
    public async Task User_HostIsRoot_IsTheServicesOwn()
    {
        if (Libc.EffectiveUserId() != 0 || WorkloadUser.SetprivPath is null) Assert.Skip("needs root and setpriv");
        await using var bench = new SupervisorBench(separateUsers: true);
        var script = "id -u; id -G; echo home $HOME; touch $HOME/mine && echo written; cat " + bench.Paths.State + "/instances/* || echo refused; exec sleep 300";
        var instance = await bench.StartReadyAsync(bench.Shell(script));
        var user = bench.Paths.Users!.Of("shop/production", "web");
        Assert.Equal(user, instance.Status.UserId);
        await SupervisorBench.UntilAsync(() => bench.LogTail(instance).Contains("refused"), () => string.Join('\n', bench.LogTail(instance)));

        var said = bench.LogTail(instance);
        Assert.Equal([$"{user}", $"{user}", $"home {bench.Paths.WorkDirectory(instance.Id)}", "written"], said.Take(4));
        Assert.Empty(bench.Paths.Warnings);
    }

    [Fact]
    public async Task User_ProgramInAClosedDirectory_FailsNamingIt()
    {
        if (Libc.EffectiveUserId() != 0 || WorkloadUser.SetprivPath is null) Assert.Skip("needs root and setpriv");
        await using var bench = new SupervisorBench(separateUsers: true);
        var closed = Directory.CreateDirectory(Path.Combine(bench.Root, "closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        var program = Path.Combine(closed, "program");
        File.Copy("/bin/sleep", program);
        var instance = bench.Supervisor.Start(bench.Shell("") with { Command = [program, "300"] });
        await SupervisorBench.UntilAsync(instance, i => i.Failure is not null);

        Assert.Equal("cannot-start", instance.Failure!.Kind);
        Assert.Contains($"'{closed}' is closed to it", instance.Failure.Message, StringComparison.Ordinal);
        File.SetUnixFileMode(closed, (UnixFileMode)Convert.ToInt32("711", 8));
        await SupervisorBench.UntilAsync(instance, i => i.Ready);
    }

    [Fact]
    public async Task Stop_WorkDirectoryIsHostile_GoesAndNothingElse()
    {
        if (Libc.EffectiveUserId() != 0 || WorkloadUser.SetprivPath is null) Assert.Skip("needs root and setpriv");
        await using var bench = new SupervisorBench(separateUsers: true);
        var outside = bench.Flag("precious");
        var instance = await bench.StartReadyAsync(bench.Shell($"cd $HOME; ln -s {bench.Root} out; mkdir -p a/b; ln -s / a/b/root; chmod 0 a; chmod 500 .; echo made; exec sleep 306"));
        await SupervisorBench.UntilAsync(() => bench.LogTail(instance).Contains("made"), () => "not made");
        var abandoned = Directory.CreateDirectory(bench.Paths.WorkDirectory("hook-of-a-killed-host")).FullName;

        await bench.Supervisor.StopAsync(instance.Id, CancellationToken.None);

        Assert.False(Directory.Exists(bench.Paths.WorkDirectory(instance.Id)));
        Assert.True(File.Exists(outside));
        await bench.RestartHostAsync();
        Assert.False(Directory.Exists(abandoned));
    }

    private static IReadOnlyList<string> Said(SupervisorBench bench, SupervisedInstance instance) => bench.LogTail(instance, 100, 100_000);

    private static bool IsRefusal(string line) =>
        line.Contains("denied", StringComparison.Ordinal) || line.Contains("cannot open", StringComparison.Ordinal)
        || line.Contains("not permitted", StringComparison.Ordinal) || line.Contains("No such file", StringComparison.Ordinal);
}
