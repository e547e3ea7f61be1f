using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Signalbox.Host.Posix;

/// <summary>
/// Deletes a tree that somebody else may still be changing. Every step goes from an open directory and follows no
/// link, and all below the top happens with the owner's rights alone, so that nothing can be deleted which the owner
/// could not have deleted: also not what was moved into the tree.
/// </summary>
internal sealed unsafe partial class TreeRemoval
{
    private const int RemoveDirectory = 0x200, Missing = 2;
    private const uint OwnerAll = 0x1C0;

    /// <summary>Longer than a million files take; who writes faster than they are deleted must not hold up a stop for ever.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Names read before they are worked on: a directory may hold millions.</summary>
    private const int Batch = 4096;

    // glibc and musl on 64-bit Linux: inode 8, offset 8, length 2, type 1, then the name
    private const int NameInEntry = 19;

    /// <summary>O_DIRECTORY and O_NOFOLLOW, which have numbers of their own on arm.</summary>
    private static readonly int DirectoryFlags = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0xC000 : 0x30000;

    private readonly string _hoisted = $".{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}-";
    private readonly string _path;
    private readonly TimeSpan _patience;
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _hoists, _lastError;

    private TreeRemoval(string path, TimeSpan patience) => (_path, _patience) = (path, patience);

    /// <summary>One that is not there is fine.</summary>
    /// <param name="path">Its parent belongs to the host alone.</param>
    /// <param name="owner">Whose rights it takes to delete what is in it; null: this process's.</param>
    /// <param name="patience">When to give up; null: 30 s.</param>
    /// <exception cref="IOException">Something in it cannot be deleted, or not in time.</exception>
    public static void Delete(string path, int? owner, TimeSpan? patience = null) =>
        new TreeRemoval(path, patience ?? Patience).EmptyAndRemove(owner);

    private void EmptyAndRemove(int? owner)
    {
        var parent = Libc.Open(Path.GetDirectoryName(_path)!, Libc.CloseOnExec);
        if (parent < 0 && Libc.LastError == Missing) return;
        if (parent < 0) throw Failed(Libc.LastError);
        try
        {
            var name = Zeroed(Path.GetFileName(_path));
            EmptyTop(parent, name, owner);
            if (Unlink(parent, name, RemoveDirectory) != 0 && Libc.LastError != Missing) throw Failed(Libc.LastError);
        }
        finally
        {
            Libc.Close(parent);
        }
    }

    private void EmptyTop(int parent, byte[] name, int? owner)
    {
        var top = OpenDirectory(parent, name);
        if (top < 0 && Libc.LastError == Missing) return;
        if (top < 0) throw Failed(Libc.LastError);
        try
        {
            if (owner is { } user) FileUser.As(user, () => EmptyTop(top));
            else EmptyTop(top);
        }
        finally
        {
            Libc.Close(top);
        }
    }

    private void EmptyTop(int top)
    {
        _ = fchmod(top, OwnerAll);
        Empty(top, top);
    }

    /// <summary>
    /// Deletes all in a directory. What it finds below a directory of the top it moves up to the top instead of going
    /// down: however deep a tree is, two open directories and no recursion are enough.
    /// </summary>
    private void Empty(int directory, int top)
    {
        while (Names(directory) is { Count: > 0 } names)
        {
            if (Stopwatch.GetElapsedTime(_started) > _patience)
                throw new IOException(FormattableString.Invariant($"{_path} is not empty after {_patience.TotalSeconds:0.#} s: it is very large, or something still writes into it"));
            var gone = 0;
            foreach (var name in names)
                if (directory == top ? Remove(top, name) : RemoveOrHoist(directory, name, top)) gone++;
            if (gone == 0) throw Failed(_lastError);
        }
    }

    private bool Remove(int top, byte[] name)
    {
        if (IsGone(Unlink(top, name, 0))) return true;
        Permit(top, name);
        var directory = OpenDirectory(top, name);
        if (directory < 0) return IsGone(directory);
        try
        {
            Empty(directory, top);
        }
        finally
        {
            Libc.Close(directory);
        }
        return IsGone(Unlink(top, name, RemoveDirectory));
    }

    private bool RemoveOrHoist(int directory, byte[] name, int top)
    {
        if (IsGone(Unlink(directory, name, 0)) || IsGone(Unlink(directory, name, RemoveDirectory))) return true;
        var hoisted = Zeroed($"{_hoisted}{++_hoists}");
        if (IsGone(Rename(directory, name, top, hoisted))) return true;
        // moving a directory changes its "..", for which it must be writable itself
        Permit(directory, name);
        return IsGone(Rename(directory, name, top, hoisted));
    }

    /// <summary>A read-only directory gives nothing away. By name: where that has become a link, the owner changes what is the owner's own.</summary>
    private static void Permit(int directory, byte[] name)
    {
        fixed (byte* entry = name) _ = fchmodat(directory, entry, OwnerAll, 0);
    }

    private bool IsGone(int result)
    {
        if (result >= 0) return true;
        var error = Libc.LastError;
        if (error != Missing) _lastError = error;
        return error == Missing;
    }

    private List<byte[]> Names(int directory)
    {
        var names = new List<byte[]>();
        var stream = Open(directory);
        try
        {
            while (names.Count < Batch && readdir(stream) is var entry && entry is not null)
            {
                var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameInEntry);
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8)) names.Add([.. name, 0]);
            }
            return names;
        }
        finally
        {
            _ = closedir(stream);
        }
    }

    private void* Open(int directory)
    {
        var again = OpenDirectory(directory, Zeroed("."));
        if (again < 0) throw Failed(Libc.LastError);
        var stream = fdopendir(again);
        if (stream is not null) return stream;
        var error = Libc.LastError;
        Libc.Close(again);
        throw Failed(error);
    }

    private IOException Failed(int error) => new($"{_path} cannot be deleted whole: {Libc.Message(error)}");

    private static byte[] Zeroed(string name) => [.. Encoding.UTF8.GetBytes(name), 0];

    private static int OpenDirectory(int at, byte[] name)
    {
        fixed (byte* entry = name) return openat(at, entry, DirectoryFlags | Libc.CloseOnExec | Libc.NonBlocking);
    }

    private static int Unlink(int at, byte[] name, int flags)
    {
        fixed (byte* entry = name) return unlinkat(at, entry, flags);
    }

    private static int Rename(int from, byte[] name, int to, byte[] newName)
    {
        fixed (byte* entry = name, target = newName) return renameat(from, entry, to, target);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int openat(int at, byte* name, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlinkat(int at, byte* name, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int renameat(int from, byte* name, int to, byte* newName);

    [LibraryImport("libc")]
    private static partial int fchmod(int fd, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmodat(int at, byte* name, uint mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial void* fdopendir(int fd);

    [LibraryImport("libc")]
    private static partial byte* readdir(void* stream);

    [LibraryImport("libc")]
    private static partial int closedir(void* stream);
}
