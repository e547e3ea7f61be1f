using Signalbox.Pipelines.Shell;
using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>How long a container waits before it is told to stop.</summary>
internal static class PreStop
{
    /// <summary>The wait of <c>lifecycle.preStop</c> in seconds; null where there is none or it cannot be read.</summary>
    public static long? Seconds(PodContainer container)
    {
        var hook = container.Root.Get("lifecycle", "preStop");
        if (hook.Get("sleep").Number("seconds") is { } seconds) return seconds;
        var command = hook.Get("exec", "command").Items().Select(i => i.Text() ?? "").ToList();
        if (command.Count == 0) return null;
        var script = command is [_, "-c" or "-ec" or "-lc", var text, ..] ? text : string.Join(' ', command);
        return Sleep(ShellScript.Parse(script));
    }

    private static long? Sleep(ShellScript script)
    {
        long? total = null;
        foreach (var command in script.Commands)
            if (command.Program is "sleep" or "Start-Sleep" && GoDuration.Parse(command.Last) is { } wait) total = (total ?? 0) + (long)wait.TotalSeconds;
        return total;
    }
}
