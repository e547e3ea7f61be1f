using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Signalbox.Host.Api;

/// <summary>Who is at the other end of a Unix socket, as the kernel says (unix(7), SO_PEERCRED).</summary>
internal static class PeerCredentials
{
    private const int SolSocket = 1, SoPeerCred = 17;

    [StructLayout(LayoutKind.Sequential)]
    private struct Credentials
    {
        public int ProcessId;
        public uint UserId;
        public uint GroupId;
    }

    /// <returns>Null where the socket does not tell.</returns>
    public static uint? UserOf(Socket socket)
    {
        Span<Credentials> credentials = stackalloc Credentials[1];
        try
        {
            var length = socket.GetRawSocketOption(SolSocket, SoPeerCred, MemoryMarshal.AsBytes(credentials));
            return length == Marshal.SizeOf<Credentials>() ? credentials[0].UserId : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>Only who runs the host, and root, may talk to it.</summary>
    public static bool MayAsk(uint? peer, uint self) => peer is { } user && (user == self || user == 0);
}
