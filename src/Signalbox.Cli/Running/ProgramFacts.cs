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

    // a script that names more folders is looked at from its last ones
    private const int MostFolders = 32;

    private static readonly FileStats s_stats = new();

    // programs that start another with the words behind their own; where it stands is theirs to say, so any of those may be it
    private static readonly HashSet<string> s_launchers = new(StringComparer.Ordinal)
    {
        "timeout", "nice", "ionice", "nohup", "setsid", "stdbuf", "time", "xargs", "find", "chrt", "taskset", "flock", "sudo", "doas", "env", "unshare", "systemd-run", "strace", "watch", "parallel",
    };

    private readonly ConcurrentDictionary<string, string?> _known = new(StringComparer.Ordinal);

    /// <summary>A line for each program that a script names outright, and for each of the project's own scripts that it hands to a shell or an interpreter; what those start in turn is not seen.</summary>
    public IEnumerable<string> Of(PipelineJob job) => job.Run is null || job.Image is not null ? [] : Facts([.. Commands(job.Run)], [.. (job.Outputs ?? []).Concat(job.Tests).Concat(job.Coverage).Where(made => PathGlob.TryParse(made, out _)).Select(PathGlob.Parse)]).Distinct(StringComparer.Ordinal);

    /// <param name="made">What the job itself makes: a word that names such a file behind a launcher is none of its programs.</param>
    private IEnumerable<string> Facts(IReadOnlyList<(ShellCommand Command, bool Launched)> commands, IReadOnlyList<PathGlob> made)
    {
        // where a path may be seen from: which folder it is in the end is the shell's to say, so each that it named last counts
        var (at, folders) = (directory, new List<string> { directory });
        for (var i = 0; i < commands.Count; i++)
        {
            var (command, launched) = commands[i];
            if (command.Program is "cd" or "pushd" && command.Verb is { } folder && Before().Replace(folder, "") is var to)
                foreach (var further in (string[])[at = Path.GetFullPath(Path.Combine(at, to)), Path.GetFullPath(Path.Combine(directory, to))]) Remember(folders, further);
            if (command.ProgramPath is not { Length: > 0 } name) continue;
            if (!name.Contains('/') && _known.GetOrAdd(name, OnPath) is { } known) yield return known;
            var handed = Handed(command, i > 0 && commands[i - 1].Command is { Link: ShellLink.Pipe } before ? before : null).ToList();
            foreach (var from in folders)
            {
                if (name.Contains('/') && Before().Replace(name, "") is var path && (!launched || IsLaunched(from, path, made)) && Own(from, path) is { } own) yield return own;
                foreach (var (word, isValue) in handed)
                {
                    if (Own(from, Before().Replace(word, "")) is not { } script) continue;
                    yield return script;
                    // what an option takes is read beside the program, and what follows the program is its data
                    if (!isValue) break;
                }
            }
        }
    }

    private static void Remember(List<string> folders, string folder)
    {
        if (folders.Contains(folder)) return;
        folders.Add(folder);
        if (folders.Count > MostFolders) folders.RemoveAt(1);
    }

    /// <summary>Whether a word behind a launcher may be what it starts: a file that can be, and that the job does not make.</summary>
    private bool IsLaunched(string folder, string word, IReadOnlyList<PathGlob> made)
    {
        var path = Path.GetFullPath(Path.Combine(folder, word));
        if (path.StartsWith(directory + "/", StringComparison.Ordinal) && made.Any(pattern => pattern.Matches(path[(directory.Length + 1)..]))) return false;
        try
        {
            return File.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Also those of a script that is handed to a shell: <c>bash -e -c SCRIPT</c>.</summary>
    private static IEnumerable<(ShellCommand Command, bool Launched)> Commands(string script)
    {
        var (open, seen) = (new Queue<string>([script]), new HashSet<string>(StringComparer.Ordinal));
        while (open.TryDequeue(out var next))
            foreach (var command in ShellScript.Parse(next).Commands.SelectMany(Launched))
            {
                yield return command;
                if (Script(command.Command) is { } handed && seen.Add(handed)) open.Enqueue(handed);
            }
    }

    private static string? Script(ShellCommand command) =>
        Interpreters.IsShell(command.Program) && command.Option("-c") is { } option && command.Arguments.IndexOf(option) + 1 is var at && at < command.Arguments.Length ? command.Arguments[at].Text : null;

    /// <summary>A command with each that it may start: <c>timeout 10 sh ci/test.sh</c>.</summary>
    private static IEnumerable<(ShellCommand Command, bool Launched)> Launched(ShellCommand command) =>
        command.Words.Take(MostWords).Any(word => s_launchers.Contains(Path.GetFileName(word.Text)))
            ? Enumerable.Range(1, Math.Min(command.Words.Length, MostWords) - 1).Select(at => (new ShellCommand(command.Words[at..], command.Range, command.Link, [], null, command.Depth), true)).Prepend((command, IsLauncher(command)))
            : [(command, false)];

    // of env and time, which only lead to what runs, the word behind them is no more surely a program
    private static bool IsLauncher(ShellCommand command) => command.Words.TakeWhile(word => word.Text != command.ProgramPath).Any(word => s_launchers.Contains(Path.GetFileName(word.Text)));

    /// <summary>
    /// The files that a command may read as its program, the likeliest first: <c>sh ci/test.sh</c>, <c>bash -o pipefail ci/test.sh</c>, <c>sh &lt; ci/test.sh</c>,
    /// <c>cat ci/test.sh | sh</c>. The first that is there is it; those that an option takes are read as well.
    /// </summary>
    /// <param name="before">What writes into its input, or null.</param>
    private static IEnumerable<(string Word, bool IsValue)> Handed(ShellCommand command, ShellCommand? before)
    {
        if (command.Program is "." or "source") return command.Verb is { } sourced ? [(sourced, false)] : [];
        if (!Interpreters.Is(command.Program)) return [];
        var words = command.Arguments.Take(MostWords).ToList();
        if (words.TakeWhile((word, at) => IsOption(word) || at > 0 && IsOption(words[at - 1]) && word.Text.AsSpan().IndexOfAny('/', '.') < 0).Any(option => IsCode(command.Program, option.Text))) return [];
        return
        [
            .. words.Select((word, at) => (word.Text, at > 0 && words[at - 1].Text is "-r" or "--require" or "--import" or "--loader" or "--rcfile" or "--init-file")).Where((_, at) => !IsOption(words[at])),
            .. command.Redirects.Where(input => input.Operator is "<" or "0<").Select(input => (input.Target.Text, false)),
            .. before is { Program: "cat" } ? before.Arguments.Take(MostWords).Where(word => !IsOption(word)).Select(word => (word.Text, true)) : [],
        ];
    }

    private static bool IsOption(ShellWord word) => word.Text.StartsWith('-');

    // an option behind which stands the program itself, or a module's name: what follows is its data
    private static bool IsCode(string interpreter, string option) => option.StartsWith('-') && interpreter switch
    {
        "perl" or "ruby" => !option.StartsWith("--", StringComparison.Ordinal) && option.AsSpan().IndexOfAny('e', 'E') > 0,
        "node" => option is "-e" or "-p" or "-pe" or "--eval" or "--print",
        "php" => option is "-r",
        "pwsh" or "powershell" => option.StartsWith("-c", StringComparison.OrdinalIgnoreCase),
        "python" or "python2" or "python3" => option is "-c" or "-m",
        _ => !option.StartsWith("--", StringComparison.Ordinal) && option.Contains('c'),
    };

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
