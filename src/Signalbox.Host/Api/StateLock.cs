using System.Globalization;
using System.Text;
using Signalbox.Diagnostics;
using Signalbox.Host.Posix;

namespace Signalbox.Host.Api;

/// <summary>One host a state directory: an flock that ends with the process, however it ends.</summary>
internal sealed class StateLock : IDisposable
{
    private readonly FileStream _file;

    private StateLock(FileStream file) => _file = file;

    /// <summary>
    /// Makes the state directory (mode 0700) where it is missing, takes its lock and says who has it in <c>host.pid</c>:
    /// the pid and the start time in clock ticks after boot, which tells a reused pid apart.
    /// </summary>
    /// <exception cref="SignalboxException">Another host has it; its pid is named.</exception>
    public static StateLock Take(string stateDirectory)
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(stateDirectory, ownerOnly);
        File.SetUnixFileMode(stateDirectory, ownerOnly);
        var pidPath = Path.Combine(stateDirectory, "host.pid");
        try
        {
            // on Unix, FileShare.None is flock(LOCK_EX)
            var file = new FileStream(Path.Combine(stateDirectory, "host.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            WritePid(pidPath);
            return new(file);
        }
        catch (IOException) when (ReadPid(pidPath) is { } pid)
        {
            throw new SignalboxException(1, Finding.Error(
                "host-already-runs", $"a host already runs on this state directory (pid {pid}); expected none",
                new Location(stateDirectory), "use another directory (--state DIR), or end that host: signalbox down"));
        }
    }

    private static void WritePid(string path)
    {
        try
        {
            var self = Environment.ProcessId;
            var text = string.Create(CultureInfo.InvariantCulture, $"{self} {ProcessStat.Read(self)?.StartTicks ?? 0}\n");
            // over what an earlier host wrote, without letting go of its block: a disk may be full
            using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
            file.Write(Encoding.ASCII.GetBytes(text));
            file.SetLength(text.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // a second host's message, `up` and `down` read it; a full disk must not keep the workloads without a host
        }
    }

    private static string? ReadPid(string path) =>
        File.Exists(path) && File.ReadAllText(path).Split(' ', '\n')[0] is { Length: > 0 } pid ? pid : null;

    public void Dispose() => _file.Dispose();
}
