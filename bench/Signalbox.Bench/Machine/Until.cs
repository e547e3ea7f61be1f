using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Signalbox.Bench.Machine;

/// <summary>Waits for a condition, with a deadline.</summary>
internal static class Until
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <exception cref="TimeoutException">It did not come true.</exception>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, int everyMs = 5)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            if (waited.Elapsed > Deadline) throw new TimeoutException($"not within {Deadline.TotalSeconds:0} s: {what}");
            await Task.Delay(everyMs);
        }
    }

    public static Task ListensAsync(int port) => TrueAsync(async () =>
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }, $"something listens on port {port}");
}
