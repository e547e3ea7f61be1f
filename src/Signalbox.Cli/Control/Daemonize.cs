using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Signalbox.Cli.Control;

/// <summary>Makes this process a daemon: a session of its own, so that a terminal's end and its Ctrl-C pass it by, and a log file.</summary>
internal static partial class Daemonize
{
    /// <summary>How `up` starts <c>host</c> and <c>serve</c>; as the first argument, so that it is seen before anything is parsed.</summary>
    public const string Option = "--daemon";

    private const int ReadOnly = 0, WriteOnly = 1, Create = 0x40, Append = 0x400;
    private const int OwnerReadsAndWrites = 0x180; // 0600

    /// <summary>Called before anything writes to the console.</summary>
    public static void Run(string logFile)
    {
        _ = NewSession();
        var before = Copies(Enumerable.Range(0, 3).Select(Target).ToHashSet());
        Redirect("/dev/null", ReadOnly, 0);
        Redirect(logFile, WriteOnly | Create | Append, 1);
        _ = Duplicate(1, 2);
        foreach (var copy in before) _ = Close(copy);
    }

    /// <summary>
    /// Copies of the starter's pipes or terminal under other numbers: whoever reads such a pipe to its end (a shell's
    /// $(…), a test) would otherwise wait for this daemon.
    /// </summary>
    private static List<int> Copies(HashSet<string> targets) =>
        [.. Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Select(entry => int.Parse(Path.GetFileName(entry), CultureInfo.InvariantCulture))
            .Where(descriptor => descriptor > 2 && Target(descriptor) is var target && (target.Contains(':') || target.StartsWith("/dev/pts/", StringComparison.Ordinal)) && targets.Contains(target))];

    private static string Target(int descriptor)
    {
        Span<byte> target = stackalloc byte[256];
        var length = ReadLink($"/proc/self/fd/{descriptor.ToString(CultureInfo.InvariantCulture)}", target, (nuint)target.Length);
        return length > 0 ? Encoding.UTF8.GetString(target[..(int)length]) : "";
    }

    private static void Redirect(string path, int flags, int descriptor)
    {
        var opened = Open(path, flags, OwnerReadsAndWrites);
        if (opened < 0) throw new IOException($"{path} cannot be opened: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        _ = Duplicate(opened, descriptor);
        if (opened > 2) _ = Close(opened);
    }

    /// <summary>SIGTERM (15) asks for an orderly end.</summary>
    public static bool Signal(int processId, int signal) => Kill(processId, signal) == 0;

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadLink(string path, Span<byte> buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "setsid", SetLastError = true)]
    private static partial int NewSession();

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Duplicate(int from, int to);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
