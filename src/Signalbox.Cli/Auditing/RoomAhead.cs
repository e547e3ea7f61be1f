using System.Runtime;
using System.Runtime.InteropServices;

namespace Signalbox.Cli.Auditing;

/// <summary>
/// Memory for a short run that keeps all it reads: taken at once, in large pages, without a collection before it is full, and
/// with few after that (docs/decisions/0140-room-ahead.md).
/// </summary>
internal static partial class RoomAhead
{
    /// <summary>In bytes; a few thousand files need that much.</summary>
    private const int Room = 216 << 20;

    /// <summary>In bytes: what is filled between two collections once that is full. The runtime's own step is the one of a process that lives long.</summary>
    private const int Step = 40 << 20;

    /// <summary>In bytes: what the heap may grow into, from where it begins.</summary>
    private const int Ahead = 512 << 20;

    /// <summary>Bytes of memory that the process may have at least: what is taken is little of it.</summary>
    private const long Roomy = 1L << 30;

    /// <summary>MADV_HUGEPAGE (madvise(2)).</summary>
    private const int LargePages = 14;

    private const nint LargePage = 2 << 20;

    /// <summary>Files that fill half the room.</summary>
    private const int Many = 1_000;

    private static nint s_begin;

    /// <summary>Advice only: where the system has no large pages, or no memory to spare, all goes on as without it. Once is enough.</summary>
    /// <param name="files">How many are about to be read.</param>
    public static void Take(int files)
    {
        if (s_begin != 0 || GC.GetGCMemoryInfo().TotalAvailableMemoryBytes < Roomy) return;
        s_begin = HeapBegin();
        Advise();
        // a collection before it moves all that the start has made: 7 ms, which only a room that will be filled gives back
        GC.TryStartNoGCRegion(Room, disallowFullBlockingGC: files < Many);
        _ = new AfterCollection();
    }

    /// <summary>Garbage that each collection finds, and with whose end the next step begins.</summary>
    private sealed class AfterCollection
    {
        ~AfterCollection()
        {
            try
            {
                Advise();
                if (GCSettings.LatencyMode != GCLatencyMode.NoGCRegion) GC.TryStartNoGCRegion(Step, disallowFullBlockingGC: true);
                _ = new AfterCollection();
            }
            catch (InvalidOperationException)
            {
                // another has begun one meanwhile, or the memory is not there: the runtime goes on with its own steps
            }
        }
    }

    // what a collection gave back to the system has lost its advice when it is taken again
    private static void Advise() => _ = Madvise(s_begin, Ahead, LargePages);

    // a new object lies where the heap begins, and the heap grows upwards from there within the range that was reserved for it
    private static unsafe nint HeapBegin()
    {
        var newest = new byte[1];
        fixed (byte* at = newest) return (nint)at & ~(LargePage - 1);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(nint address, nuint length, int advice);
}
