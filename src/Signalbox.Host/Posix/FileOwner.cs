using System.Runtime.InteropServices;

namespace Signalbox.Host.Posix;

/// <summary>Whom a file belongs to; .NET does not tell.</summary>
internal static unsafe partial class FileOwner
{
    // statx(2): its structure is the same on every architecture, with the user at byte 20
    private const int CurrentDirectory = -100, NoFollow = 0x100, Size = 256, UserAt = 20;
    private const uint User = 0x8;

    /// <returns>Null where there is none.</returns>
    public static int? Of(string path)
    {
        Span<byte> told = stackalloc byte[Size];
        fixed (byte* buffer = told)
            if (statx(CurrentDirectory, path, NoFollow, User, buffer) != 0) return null;
        return BitConverter.ToInt32(told[UserAt..]);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int at, string path, int flags, uint mask, byte* told);
}
