using System.Collections;
using Microsoft.Extensions.Logging;
using Signalbox.Host.Posix;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Supervision;

/// <summary>Runs a release's hooks beside its artifact: the service's user and environment, nothing of the host's.</summary>
internal sealed class HookCommands(SupervisionPaths paths, Func<Delivery.Digest, string?> artifact, ILogger logger)
{
    private const int OutputLimit = 64 * 1024;

    /// <exception cref="OperationCanceledException">The caller went away; the command's process group was killed.</exception>
    public async Task<RunResult> RunAsync(RunRequest request, CancellationToken cancel)
    {
        if (artifact(request.Artifact) is not { } directory)
            return new(null, null, false, "", $"the artifact {request.Artifact} is not on this host");
        var id = $"hook-{Guid.NewGuid():n}";
        var user = paths.Users?.Of(request.Track, request.Service);
        using var work = user is { } owner ? new HookWork(paths.WorkDirectory(id), owner, logger) : null;
        IReadOnlyDictionary<string, string> environment = WorkloadEnvironment.OfCommand(id, request.Environment, HostEnvironment(), work?.Directory);
        var command = request.Command;
        if (user is { } uid) (command, environment) = WorkloadUser.Wrap(uid, command, environment);
        try
        {
            var result = await CommandRunner.RunAsync(command, directory, environment, request.Timeout, OutputLimit, cancel);
            return new(result.ExitCode, result.Signal, result.TimedOut, result.Output, result.Error);
        }
        finally
        {
            // what left the command's process group
            Leftovers.OfHook(id).End();
        }
    }

    private static Dictionary<string, string> HostEnvironment() => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");

    /// <summary>A directory of the hook's own for as long as it runs.</summary>
    private sealed class HookWork : IDisposable
    {
        private readonly int _user;
        private readonly ILogger _logger;

        public HookWork(string directory, int user, ILogger logger)
        {
            (Directory, _user, _logger) = (directory, user, logger);
            System.IO.Directory.CreateDirectory(Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if (Libc.ChangeOwner(Directory, (uint)user, (uint)user) != 0) throw new IOException($"{Directory} cannot be given to user {user}");
        }

        public string Directory { get; }

        public void Dispose() => InstanceFiles.DeleteWork(Directory, _user, _logger);
    }
}
