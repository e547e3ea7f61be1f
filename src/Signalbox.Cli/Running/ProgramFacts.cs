using System.Collections.Concurrent;
using System.Globalization;
using Signalbox.Delivery;
using Signalbox.Host.Posix;
using Signalbox.Pipelines.Local.Caching;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Cli.Running;

/// <summary>Tells one version of a tool from another without starting it: the file that a command's name leads to, its size and its time.</summary>
internal sealed class ProgramFacts(string directory, IReadOnlyDictionary<string, string> host)
{
    private readonly ConcurrentDictionary<string, string?> _known = new(StringComparer.Ordinal);

    /// <summary>A line for each program that a script names outright; what those start in turn is not seen.</summary>
    public IEnumerable<string> Of(PipelineJob job) => job.Run is null || job.Image is not null
        ? [] : Commands(job.Run).Select(command => command.Program).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal)
            .Select(name => _known.GetOrAdd(name, Describe)).OfType<string>();

    /// <summary>Also those of a script that is handed to a shell: <c>bash -e -c SCRIPT</c>.</summary>
    private static IEnumerable<ShellCommand> Commands(string script) => ShellScript.Parse(script).Commands
        .SelectMany(command => command.Program is "sh" or "bash" && command.Value("-c") is { } handed ? Commands(handed).Prepend(command) : [command]);

    private string? Describe(string name)
    {
        if (ProgramPath.Find(name, directory, host, out _) is not { } path) return null;
        // one of the project's own is the same wherever the project lies
        if (Path.GetFullPath(path).StartsWith(directory + "/", StringComparison.Ordinal)) return $"program {name} {FileDigests.OfContent(path)}";
        var file = new FileInfo(path);
        var real = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        return string.Create(CultureInfo.InvariantCulture, $"program {name} {real.FullName} {real.Length} {real.LastWriteTimeUtc.Ticks}");
    }
}
