using System.Net;
using System.Net.Sockets;

namespace Signalbox.Host.Supervision;

/// <summary>Hands out free ports below the ephemeral range, so that no outgoing connection of the machine takes one.</summary>
internal sealed class Ports(Random random)
{
    public const int First = 20000, Last = 31999;

    private readonly HashSet<int> _given = [];

    /// <summary>A port nobody listens on now and that was not given out; another process may still be quicker.</summary>
    /// <exception cref="IOException">All of them are taken.</exception>
    public int Take()
    {
        lock (_given)
        {
            var offset = random.Next(Last - First + 1);
            for (var i = 0; i <= Last - First; i++)
            {
                var port = First + ((offset + i) % (Last - First + 1));
                if (!_given.Contains(port) && IsFree(port) && _given.Add(port)) return port;
            }
        }
        throw new IOException($"every port from {First} to {Last} is taken");
    }

    /// <summary>Of an adopted instance, whose listener has it.</summary>
    public void Hold(int port)
    {
        lock (_given) _given.Add(port);
    }

    public void Return(int port)
    {
        lock (_given) _given.Remove(port);
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
