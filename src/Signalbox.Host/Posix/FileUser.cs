namespace Signalbox.Host.Posix;

/// <summary>Works on files with somebody else's rights alone: who a thread is to the file system is its own (setfsuid(2)).</summary>
internal static class FileUser
{
    private const int CurrentDirectory = -100, Denied = 13;
    private const nint Execute = 1, AsEffective = 0x200;

    // the same number on every architecture; Linux 5.8
    private const nint AccessCall = 439;

    /// <summary>Does it on a thread that ends with it, so that no other work meets those rights.</summary>
    /// <exception cref="IOException">What the work threw, or the kernel refuses.</exception>
    public static void As(int user, Action work)
    {
        Exception? failed = null;
        var thread = new Thread(() =>
        {
            try
            {
                Become((uint)user);
                work();
            }
            catch (Exception e)
            {
                failed = e;
            }
        }, maxStackSize: 256 * 1024) { IsBackground = true, Name = "file-user" };
        thread.Start();
        thread.Join();
        if (failed is not null) throw new IOException(failed.Message, failed);
    }

    /// <summary>The first part of a path that a user may not enter or, the last one, execute; null where none is or the kernel cannot tell.</summary>
    public static string? ClosedPart(string program, int user)
    {
        string? closed = null;
        As(user, () => closed = MayExecute(program) ? null : FirstClosed(program));
        return closed;
    }

    private static string FirstClosed(string program)
    {
        for (var end = program.IndexOf('/', 1); end > 0; end = program.IndexOf('/', end + 1))
            if (!MayExecute(program[..end])) return program[..end];
        return program;
    }

    private static unsafe bool MayExecute(string path)
    {
        fixed (byte* name = System.Text.Encoding.UTF8.GetBytes(path + '\0'))
            return Libc.SystemCall(AccessCall, CurrentDirectory, (nint)name, Execute, AsEffective) == 0 || Libc.LastError != Denied;
    }

    private static void Become(uint user)
    {
        _ = Libc.SetFileGroup(user);
        _ = Libc.SetFileUser(user);
        // the call tells no error, only who it was before
        if ((uint)Libc.SetFileUser(uint.MaxValue) != user) throw new IOException($"this process cannot act as user {user}: setfsuid was refused");
    }
}
