using System.Runtime.InteropServices;

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
        Redirect("/dev/null", ReadOnly, 0);
        Redirect(logFile, WriteOnly | Create | Append, 1);
        _ = Duplicate(1, 2);
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
