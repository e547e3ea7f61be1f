using System.Collections;
using Signalbox.Host.Posix;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Supervision;

/// <summary>Runs a release's hooks beside its artifact: the service's user and environment, nothing of the host's.</summary>
internal sealed class HookCommands(SupervisionPaths paths, Func<Delivery.Digest, string?> artifact)
{
    private const int OutputLimit = 64 * 1024;

    /// <exception cref="OperationCanceledException">The caller went away; the command's process group was killed.</exception>
    public async Task<RunResult> RunAsync(RunRequest request, CancellationToken cancel)
    {
        if (artifact(request.Artifact) is not { } directory)
            return new(null, null, false, "", $"the artifact {request.Artifact} is not on this host");
        int? user = paths.SeparateUsers ? WorkloadUser.IdOf(request.Track, request.Service) : null;
        using var work = user is { } id ? new HookWork(paths, id) : null;
        IReadOnlyDictionary<string, string> environment = WorkloadEnvironment.OfCommand(request.Environment, HostEnvironment(), work?.Directory);
        var command = request.Command;
        if (user is { } uid) (command, environment) = WorkloadUser.Wrap(uid, command, environment);
        var result = await CommandRunner.RunAsync(command, directory, environment, request.Timeout, OutputLimit, cancel);
        return new(result.ExitCode, result.Signal, result.TimedOut, result.Output, result.Error);
    }

    private static Dictionary<string, string> HostEnvironment() => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");

    /// <summary>A directory of the hook's own for as long as it runs.</summary>
    private sealed class HookWork : IDisposable
    {
        public HookWork(SupervisionPaths paths, int user)
        {
            Directory = paths.WorkDirectory($"hook-{Guid.NewGuid():n}");
            System.IO.Directory.CreateDirectory(Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if (Libc.ChangeOwner(Directory, (uint)user, (uint)user) != 0) throw new IOException($"{Directory} cannot be given to user {user}");
        }

        public string Directory { get; }

        public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
    }
}
