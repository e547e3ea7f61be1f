using System.Net.Sockets;

namespace Signalbox.Host.Posix;

/// <summary>Whether something failed because this process or its machine lacks descriptors or memory: that says nothing about a workload.</summary>
internal static class Shortage
{
    private const int NoMemory = 12, TableFull = 23, TooManyOpen = 24, NoBuffers = 105;

    /// <param name="error">An errno.</param>
    public static bool Is(int error) => error is NoMemory or TableFull or TooManyOpen or NoBuffers;

    public static bool Is(Exception? e) => e switch
    {
        null => false,
        OutOfMemoryException => true,
        SocketException { SocketErrorCode: SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable } => true,
        SocketException socket when Is(socket.NativeErrorCode) => true,
        // .NET on Unix puts the errno there
        IOException when Is(e.HResult) => true,
        _ => Is(e.InnerException),
    };
}
