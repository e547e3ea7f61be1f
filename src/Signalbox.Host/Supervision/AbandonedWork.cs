using Microsoft.Extensions.Logging;
using Signalbox.Host.Posix;

namespace Signalbox.Host.Supervision;

/// <summary>Work directories whose instance or hook is gone: a host was killed before it deleted them.</summary>
internal sealed class AbandonedWork(SupervisionPaths paths, ILogger logger)
{
    /// <summary>Call it at the start of a host, when no hook of its own runs yet.</summary>
    public void Delete()
    {
        if (!paths.SeparateUsers) return;
        var processes = new Lazy<ProcessPicture>(ProcessPicture.Take);
        foreach (var directory in Directory.GetDirectories(paths.Work))
            if (!Directory.Exists(paths.InstanceDirectory(Path.GetFileName(directory)))) Delete(directory, processes.Value);
    }

    private void Delete(string directory, ProcessPicture processes)
    {
        Leftovers.OfHook(Path.GetFileName(directory)).End(processes);
        if (FileOwner.Of(directory) is { } owner) InstanceFiles.DeleteWork(directory, owner, logger);
    }
}
