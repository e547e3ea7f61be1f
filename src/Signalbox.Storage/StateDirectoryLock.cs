using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Signalbox.Api;

namespace Signalbox.Storage;

/// <summary>
/// One control plane per state directory: flock(2) on <c>control.lock</c>, which the kernel lets go however its
/// owner ends. The file's text only says who has it.
/// </summary>
public sealed class StateDirectoryLock : IDisposable
{
    private readonly SafeFileHandle _file;

    private StateDirectoryLock(SafeFileHandle file) => _file = file;

    /// <exception cref="StorageException">Another control plane has it (<c>control-plane-running</c>, which means exit code 1).</exception>
    public static StateDirectoryLock Acquire(StateDirectory state, ControlPlaneFile self)
    {
        var handle = Posix.OpenUnlocked(state.LockPath);
        if (!Posix.TryLock(handle))
        {
            handle.Dispose();
            throw Held(state);
        }

        var taken = new StateDirectoryLock(handle);
        taken.Announce(self);
        return taken;
    }

    /// <summary>Rewrites who holds it, once the address is known.</summary>
    public void Announce(ControlPlaneFile self)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(self, ApiJson.Default.ControlPlaneFile);
        RandomAccess.SetLength(_file, 0);
        RandomAccess.Write(_file, text, 0);
    }

    public void Dispose() => _file.Dispose();

    private static StorageException Held(StateDirectory state)
    {
        var holder = Holder(state.LockPath);
        var who = holder is null
            ? "another control plane"
            : $"the control plane with pid {holder.ProcessId}, since {holder.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, at {holder.Address}";
        return new("control-plane-running", $"the state directory {state.Root} is in use by {who}",
            holder is null ? $"fuser -v {state.LockPath}" : $"signalbox down --state {state.Root}   # or use the one that runs");
    }

    private static ControlPlaneFile? Holder(string path)
    {
        try
        {
            using var file = Posix.OpenUnlocked(path);
            var text = new byte[Math.Min(RandomAccess.GetLength(file), 4096)];
            var length = RandomAccess.Read(file, text, 0);
            return JsonSerializer.Deserialize(text.AsSpan(0, length), ApiJson.Default.ControlPlaneFile);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            // only the name is lost: the lock itself is the kernel's
            return null;
        }
    }
}
