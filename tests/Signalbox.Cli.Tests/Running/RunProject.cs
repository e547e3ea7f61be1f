using System.Diagnostics;
using System.Text.Json;

namespace Signalbox.Cli.Tests.Running;

/// <summary>A directory with a pipeline, run by the real program; what is beside it is no source.</summary>
internal sealed class RunProject : IDisposable
{
    public const string Secret = "hunter2-hunter2";

    private readonly TemporaryDirectory _directory = new();
    private readonly TemporaryDirectory _beside = new();

    public RunProject() => Directory.CreateDirectory(_beside.Join("bin"));

    public string Path => _directory.Path;

    /// <summary>Of everything that the program is told; a test may add to it.</summary>
    public Dictionary<string, string> Surroundings => field ??= new()
    {
        ["XDG_CACHE_HOME"] = Beside("cache"),
        ["NPM_TOKEN"] = Secret,
        ["PATH"] = $"{Beside("bin")}:{Environment.GetEnvironmentVariable("PATH")}",
    };

    public string Join(string name) => _directory.Join(name);

    public string Beside(string name) => _beside.Join(name);

    public void Write(string name, string text) => _directory.Write(name, text);

    public string Read(string name) => File.ReadAllText(Join(name));

    /// <summary>Writes signalbox.yaml.</summary>
    /// <param name="jobs">A line for each, or a whole block.</param>
    public void Pipeline(string jobs) => Write("signalbox.yaml",
        $"apiVersion: signalbox/v1\napplication: shop\npipeline:\n{string.Concat(jobs.ReplaceLineEndings("\n").Split('\n').Select(line => $"  {line}\n"))}process: {{ command: [sh] }}\nport: 8080\n");

    /// <summary>Puts a program of a test's own where commands are looked for first.</summary>
    public void Program(string name, string script)
    {
        _beside.Write($"bin/{name}", $"#!/bin/sh\n{script.ReplaceLineEndings("\n")}\n");
        File.SetUnixFileMode(Beside($"bin/{name}"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Nothing is found but what the test puts there; /bin/sh is known by its path.</summary>
    public void OwnProgramsAlone() => Surroundings["PATH"] = Beside("bin");

    public void Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", Path, "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "protocol.file.allow=always", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (git.StandardOutput.ReadToEndAsync(), git.StandardError.ReadToEndAsync());
        git.WaitForExit();
        Assert.True(git.ExitCode == 0, $"git {string.Join(' ', arguments)}: {errors.Result}{output.Result}");
    }

    public void Shell(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-e", "-c", script]) { WorkingDirectory = Path })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }

    public Task<Ended> RunAsync(params string[] arguments) => SignalboxProgram.RunAsync(Path, Surroundings, ["run", .. arguments, "--state", Beside("state")]);

    public async Task<JsonElement> ShowAsync(params string[] arguments) =>
        JsonDocument.Parse((await RunAsync(["show", .. arguments, "--format", "json"])).Expect(0).Out).RootElement;

    public Process Start(params string[] arguments) => SignalboxProgram.Start(SignalboxProgram.Path, Path, Surroundings, ["run", .. arguments, "--state", Beside("state")]);

    public static void Signal(Process process, int signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        _directory.Dispose();
        _beside.Dispose();
    }
}
