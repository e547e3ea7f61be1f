using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Signalbox.Delivery;
using Signalbox.Host.Posix;
using Signalbox.Pipelines.Local.Caching;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Cli.Running;

/// <summary>Tells one version of a tool from another without starting it: the file that a command's name leads to, its size and its time.</summary>
internal sealed partial class ProgramFacts(string directory, IReadOnlyDictionary<string, string> host)
{
    // more words of one command are looked at by nobody
    private const int MostWords = 32;

    private static readonly FileStats s_stats = new();

    // programs that start another with the words behind their own; where it stands is theirs to say, so any of those may be it
    private static readonly HashSet<string> s_launchers = new(StringComparer.Ordinal)
    {
        "timeout", "nice", "ionice", "nohup", "setsid", "stdbuf", "time", "xargs", "find", "chrt", "taskset", "flock", "sudo", "doas", "env", "unshare", "systemd-run", "strace", "watch", "parallel",
    };

    private readonly ConcurrentDictionary<string, string?> _known = new(StringComparer.Ordinal);

    /// <summary>A line for each program that a script names outright, and for each of the project's own scripts that it hands to a shell or an interpreter; what those start in turn is not seen.</summary>
    public IEnumerable<string> Of(PipelineJob job) => job.Run is null || job.Image is not null ? [] : Facts([.. Commands(job.Run)]).Distinct(StringComparer.Ordinal);

    private IEnumerable<string> Facts(IReadOnlyList<ShellCommand> commands)
    {
        // where a path may be seen from: which folder it is in the end is the shell's to say, so each that it names counts
        var (at, folders) = (directory, new HashSet<string>(StringComparer.Ordinal) { directory });
        foreach (var command in commands)
        {
            if (command.Program is "cd" or "pushd" && command.Verb is { } folder && Before().Replace(folder, "") is var to) folders.UnionWith([at = Path.GetFullPath(Path.Combine(at, to)), Path.GetFullPath(Path.Combine(directory, to))]);
            if (command.ProgramPath is not { Length: > 0 } name) continue;
            if (!name.Contains('/') && _known.GetOrAdd(name, OnPath) is { } known) yield return known;
            foreach (var own in folders.SelectMany(f => new[] { name.Contains('/') ? name : null, Handed(command) }.OfType<string>().Select(word => Own(f, Before().Replace(word, "")))).OfType<string>()) yield return own;
        }
    }

    /// <summary>Also those of a script that is handed to a shell: <c>bash -e -c SCRIPT</c>.</summary>
    private static IEnumerable<ShellCommand> Commands(string script)
    {
        var (open, seen) = (new Queue<string>([script]), new HashSet<string>(StringComparer.Ordinal));
        while (open.TryDequeue(out var next))
            foreach (var command in ShellScript.Parse(next).Commands.SelectMany(Launched))
            {
                yield return command;
                if (Script(command) is { } handed && seen.Add(handed)) open.Enqueue(handed);
            }
    }

    private static string? Script(ShellCommand command) =>
        Interpreters.IsShell(command.Program) && command.Option("-c") is { } option && command.Arguments.IndexOf(option) + 1 is var at && at < command.Arguments.Length ? command.Arguments[at].Text : null;

    /// <summary>A command with each that it may start: <c>timeout 10 sh ci/test.sh</c>.</summary>
    private static IEnumerable<ShellCommand> Launched(ShellCommand command) =>
        command.Words.Take(MostWords).Any(word => s_launchers.Contains(Path.GetFileName(word.Text)))
            ? Enumerable.Range(1, Math.Min(command.Words.Length, MostWords) - 1).Select(at => new ShellCommand(command.Words[at..], command.Range, command.Link, [], null, command.Depth)).Prepend(command)
            : [command];

    /// <summary>The file that a command reads as its program: <c>sh ci/test.sh</c>, <c>python tools/check.py</c>.</summary>
    private static string? Handed(ShellCommand command) =>
        Interpreters.Is(command.Program) || command.Program is "." or "source" ? command.Verb : null;

    private string? OnPath(string name) => ProgramPath.Find(name, directory, host, out _) is { } path ? Own(directory, path) : null;

    /// <summary>One of the project's own is the same wherever the project lies.</summary>
    private string? Own(string folder, string word)
    {
        var path = Path.GetFullPath(Path.Combine(folder, word));
        try
        {
            if (!File.Exists(path)) return null;
            var real = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
            if (!path.StartsWith(directory + "/", StringComparison.Ordinal) || !real.StartsWith(directory + "/", StringComparison.Ordinal)) return Elsewhere(word, path);
            // a pipe or a device is no program, and reading one may have no end
            return s_stats.Of(real) is { Kind: FileKind.File } ? $"program {path[(directory.Length + 1)..]} {FileDigests.OfContent(real)}" : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // what cannot be read is not run either
            return null;
        }
    }

    // a folder that the shell puts in before a path may be the job's own: "$PWD/ci/test.sh"
    [GeneratedRegex(@"\A(?:\$\w+|\$\{\w+\}|\$\(pwd\)|`pwd`)/+")]
    private static partial Regex Before();

    private static string Elsewhere(string name, string path)
    {
        var file = new FileInfo(path);
        var real = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        return string.Create(CultureInfo.InvariantCulture, $"program {name} {real.FullName} {real.Length} {real.LastWriteTimeUtc.Ticks}");
    }
}
