using System.Runtime.InteropServices;

namespace Signalbox.Host.Posix;

/// <summary>What to start, and how. File descriptors above 2 stay with the parent.</summary>
/// <param name="Program">A path; it is not looked up in PATH.</param>
/// <param name="Arguments">With the program's own name first.</param>
/// <param name="Output">Descriptor for standard output; null: /dev/null. Standard input is always /dev/null.</param>
/// <param name="NewSession">A session of its own; otherwise a process group of its own in this session.</param>
internal sealed record SpawnRequest(
    string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, string WorkingDirectory,
    int? Output = null, int? Error = null, bool NewSession = false);

/// <summary>posix_spawn: quick from a big process, and the child starts with default signals, unlike after .NET's own start.</summary>
internal static unsafe partial class Spawn
{
    // glibc's posix_spawnattr_t has 336 bytes and its file actions 80; musl's are smaller
    private const int AttributesSize = 512, ActionsSize = 256, SignalSetSize = 128;
    // the same number on x86-64, arm64 and every newer architecture
    private const nint CloseRangeCall = 436, CloseRangeOnExec = 4;
    private const short SetGroup = 0x02, SetSignalDefaults = 0x04, SetSignalMask = 0x08, SetSession = 0x80;

    /// <summary>.NET opens all with close-on-exec; what this process itself inherited (a shell's locks) may lack it.</summary>
    private static readonly bool InheritedStay = Libc.SystemCall(CloseRangeCall, 3, int.MaxValue, CloseRangeOnExec, 0) == 0;

    /// <param name="pid">Of the child, when the answer is 0.</param>
    /// <returns>0 or an errno: what the operating system said of the program, the directory or the limits.</returns>
    public static int Start(SpawnRequest request, out int pid)
    {
        _ = InheritedStay;
        var attributes = stackalloc byte[AttributesSize];
        var actions = stackalloc byte[ActionsSize];
        attr_init(attributes);
        actions_init(actions);
        try
        {
            var error = Prepare(request, attributes, actions);
            pid = 0;
            return error != 0 ? error : Execute(request, attributes, actions, out pid);
        }
        finally
        {
            actions_destroy(actions);
            attr_destroy(attributes);
        }
    }

    private static int Prepare(SpawnRequest request, byte* attributes, byte* actions)
    {
        var signals = stackalloc byte[SignalSetSize];
        NativeMemory.Clear(signals, SignalSetSize);
        attr_setsigmask(attributes, signals);
        sigfillset(signals);
        attr_setsigdefault(attributes, signals);
        attr_setpgroup(attributes, 0);
        attr_setflags(attributes, (short)(SetSignalMask | SetSignalDefaults | (request.NewSession ? SetSession : SetGroup)));
        var error = actions_addchdir(actions, request.WorkingDirectory);
        if (error == 0) error = actions_addopen(actions, 0, "/dev/null", 0, 0);
        if (error == 0) error = Redirect(actions, request.Output, 1);
        return error != 0 ? error : Redirect(actions, request.Error, 2);
    }

    private static int Redirect(byte* actions, int? from, int to) =>
        from is { } fd ? actions_adddup2(actions, fd, to) : actions_addopen(actions, to, "/dev/null", Libc.ReadWrite, 0);

    private static int Execute(SpawnRequest request, byte* attributes, byte* actions, out int pid)
    {
        var arguments = Strings(request.Arguments);
        var environment = Strings([.. request.Environment.Select(e => $"{e.Key}={e.Value}")]);
        try
        {
            return posix_spawn(out pid, request.Program, actions, attributes, arguments, environment);
        }
        finally
        {
            Free(arguments);
            Free(environment);
        }
    }

    private static byte** Strings(IReadOnlyList<string> texts)
    {
        var array = (byte**)NativeMemory.AllocZeroed((nuint)texts.Count + 1, (nuint)sizeof(byte*));
        for (var i = 0; i < texts.Count; i++) array[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        return array;
    }

    private static void Free(byte** array)
    {
        for (var p = array; *p is not null; p++) Marshal.FreeCoTaskMem((nint)(*p));
        NativeMemory.Free(array);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn(out int pid, string path, byte* actions, byte* attributes, byte** argv, byte** envp);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial void attr_init(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial void attr_destroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial void attr_setflags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setpgroup")]
    private static partial void attr_setpgroup(byte* attributes, int group);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial void attr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial void attr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial void actions_init(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial void actions_destroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int actions_adddup2(byte* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int actions_addopen(byte* actions, int fd, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int actions_addchdir(byte* actions, string path);

    [LibraryImport("libc")]
    private static partial void sigfillset(byte* signals);
}
