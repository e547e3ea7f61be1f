using System.Net;
using System.Net.Sockets;
using Signalbox.Host.Posix;
using Signalbox.Host.Supervision;

namespace Signalbox.Host.Tests.Posix;

public sealed class ProcTests
{
    [Theory]
    [InlineData("sh")]
    [InlineData("a) R 1 (b")]
    [InlineData("x) Z 9 9 9")]
    public void Stat_AnyName_IsParsed(string name)
    {
        var stat = ProcessStat.Parse($"42 ({name}) S 7 42 40 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000 20 18446744073709551615\n");
        Assert.Equal(new ProcessStat(42, 'S', 7, 42, 40, 98765), stat);
    }

    [Theory]
    [InlineData("")]
    [InlineData("42")]
    [InlineData("42 (sh) S 7")]
    public void Stat_Broken_IsNull(string line) => Assert.Null(ProcessStat.Parse(line));

    [Fact]
    public void Listeners_StopAtTheFirstThatDoesNotListen()
    {
        var listeners = ListenerTable.Parse([
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
            "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 31337 1 0000000000000000 100 0 0 10 0",
            "   1: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 4 1 0000000000000000 20 4 30 10 -1",
        ]).ToList();
        Assert.Equal([new Listener("0100007F", 8080, 31337)], listeners);
    }

    [Theory]
    [InlineData("0100007F", true)]
    [InlineData("00000000", true)]
    [InlineData("0500000A", false)]
    [InlineData("00000000000000000000000000000000", true)]
    [InlineData("00000000000000000000000001000000", false)]
    public void Listener_TakesLoopback(string address, bool takes) => Assert.Equal(takes, new Listener(address, 80, 1).TakesLoopback);

    [Fact]
    public void Ownership_OfOwnAndForeignListeners()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        Assert.Equal(Ownership.None, ListenerOwnership.Of(port, 1, Environment.ProcessId));
        socket.Listen();
        Assert.Equal(Ownership.Owned, ListenerOwnership.Of(port, Environment.ProcessId, Environment.ProcessId));
        Assert.Equal(Ownership.Foreign, ListenerOwnership.Of(port, Environment.ProcessId, 1));
    }

    [Theory]
    [InlineData("web", "web")]
    [InlineData("..", "%2E.")]
    [InlineData("a/b", "a%2Fb")]
    [InlineData(".hidden", "%2Ehidden")]
    [InlineData("prod@eu", "prod@eu")]
    public void Segment_CannotClimb(string name, string segment) => Assert.Equal(segment, SupervisionPaths.Segment(name));
}
