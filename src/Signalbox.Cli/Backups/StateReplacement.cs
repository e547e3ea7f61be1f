using System.Globalization;
using Signalbox.Cli.Control;
using Signalbox.Diagnostics;
using Signalbox.Host.Supervision;
using Signalbox.Storage;

namespace Signalbox.Cli.Backups;

/// <summary>
/// A state directory that is filled beside the one in use, and takes its place only once it is whole. Until then nothing has
/// changed; what was made beside holds keys and is removed whatever ends it.
/// </summary>
internal sealed class StateReplacement : IDisposable
{
    private readonly Installation _state;
    private readonly string _place;
    private readonly StateDirectoryLock? _lock;
    private readonly TimeProvider _time;

    /// <exception cref="SignalboxException">Something runs on it.</exception>
    /// <exception cref="StorageException">A control plane has it, or the directory is not the caller's alone.</exception>
    public StateReplacement(Installation state, TimeProvider time)
    {
        (_state, _time) = (state, time);
        // where it is a link, the directory it leads to is replaced, and the copy lies on that disk
        _place = (state.Exists ? new DirectoryInfo(state.Path).ResolveLinkTarget(returnFinalTarget: true)?.FullName : null) ?? state.Path;
        Beside = new($"{_place}.restoring-{Guid.NewGuid():N}");
        CheckIdle();
        if (state.Exists) _lock = StateDirectoryLock.Acquire(StateDirectory.Open(state.Path), new("", Environment.ProcessId, ProcessIdentity.StartOf(Environment.ProcessId) ?? 0, time.GetUtcNow()));
    }

    public Installation Beside { get; }

    /// <param name="moved">Told where the old one lies as soon as it does.</param>
    /// <returns>That; null where there was none.</returns>
    public string? Swap(Action<string> moved)
    {
        CheckIdle();
        string? kept = null;
        try
        {
            if (_state.Exists)
            {
                var name = $"{_place}.before-{_time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss-fff", CultureInfo.InvariantCulture)}";
                Directory.Move(_place, name);
                moved(kept = name);
            }
            Directory.Move(Beside.Path, _place);
            return kept;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (kept is not null && !Directory.Exists(_place)) Directory.Move(kept, _place);
            throw new SignalboxException(ExitCode.Undecided, Finding.Error(
                "restore-not-placed", $"{_place} cannot be replaced: {e.Message}; nothing was changed (a mount point cannot be renamed: expected a directory below one)", new(_place), $"signalbox restore BACKUP --state {Path.Combine(_place, "signalbox")}"));
        }
    }

    public void Dispose()
    {
        _lock?.Dispose();
        if (Beside.Exists) Beside.Remove();
    }

    /// <summary>Workloads too: they outlive a host, and the next one, which has another state directory then, would know nothing of them.</summary>
    private void CheckIdle()
    {
        if (_state.RunningControlPlane() is not null || PidFile.ReadRunning(_state.HostPid) is not null)
            throw InUse($"a control plane or a host runs on {_state.Path}; expected neither");
        if (Shutdown.Shims(_state) is { Count: > 0 and var count })
            throw InUse($"{count} {(count == 1 ? "workload runs" : "workloads run")} on {_state.Path} still; expected none, since the restored host would start them a second time");
        if (Leftovers.AreIn(_state.Join("instances")))
            throw InUse($"what a killed shim left runs on {_state.Path} still; expected nothing, since the restored host would start it a second time");
    }

    private SignalboxException InUse(string message) =>
        new(ExitCode.No, Finding.Error("state-in-use", message, new(_state.Path), $"signalbox down --state {_state.Path}"));
}
