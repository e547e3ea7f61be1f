using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Signalbox.Host.Tests.Routing;

/// <summary>The age limit is the instance's: a client that is slow itself is nobody's fault.</summary>
public sealed class SlowClientTests
{
    /// <summary>Long enough that a busy machine does not look like a slow instance.</summary>
    private const double AgeLimit = 0.8;

    private static async Task<HostRig> JudgedRigAsync()
    {
        var rig = await HostRig.StartAsync();
        await rig.SetAsync(rig.Table(1, canary: "shop-2", judge: HostRig.Plan(ageSeconds: AgeLimit)));
        await rig.ReadyAsync("shop-1");
        // what a process does for the first time takes long
        Assert.Equal("shop-1", await rig.VersionAsync());
        await Eventually.Async(() => Counts(rig) == (0, 0), "the first request is counted");
        return rig;
    }

    private static async Task<Socket> SendAsync(HostRig rig, string text)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(IPEndPoint.Parse(rig.Listen.ToString()));
        await socket.SendAsync(Encoding.ASCII.GetBytes(text));
        await Eventually.Async(() => rig.ArmOf("shop-1").InFlight == 1, "in flight");
        return socket;
    }

    private static async Task<(string Start, long Bytes)> ReadToEndAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var buffer = new byte[1 << 16];
        var (start, bytes) = ("", 0L);
        while (await socket.ReceiveAsync(buffer, limit.Token) is > 0 and var got)
        {
            if (bytes == 0) start = Encoding.ASCII.GetString(buffer, 0, Math.Min(got, 100));
            bytes += got;
        }
        return (start, bytes);
    }

    private static Task LongerThanTheLimitAsync() => Task.Delay(TimeSpan.FromSeconds(AgeLimit * 2));

    /// <summary>Without the first request.</summary>
    private static (long, long) Counts(HostRig rig) => (rig.ArmOf("shop-1").Requests - 1, rig.ArmOf("shop-1").Bad);

    [Fact]
    public async Task SlowUpload_IsNotBad()
    {
        await using var rig = await JudgedRigAsync();
        using var socket = await SendAsync(rig, "POST /digest HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 8\r\n\r\nfour");
        await LongerThanTheLimitAsync();
        Assert.Equal((0, 0), Counts(rig));
        await socket.SendAsync("more"u8.ToArray());

        Assert.StartsWith("HTTP/1.1 200", (await ReadToEndAsync(socket)).Start, StringComparison.Ordinal);
        await Eventually.Async(() => Counts(rig) == (1, 0), "counted as good");
    }

    [Fact]
    public async Task SlowDownload_IsNotBad()
    {
        await using var rig = await JudgedRigAsync();
        using var socket = await SendAsync(rig, "GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        await LongerThanTheLimitAsync();
        Assert.Equal((0, 0), Counts(rig));

        Assert.True((await ReadToEndAsync(socket)).Bytes > TestBackend.LargeBytes);
        await Eventually.Async(() => Counts(rig) == (1, 0), "counted as good");
    }

    [Fact]
    public async Task SlowUploadToAnInstanceThatThenHangs_IsBad()
    {
        await using var rig = await JudgedRigAsync();
        using var socket = await SendAsync(rig, "POST /hang HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nfour");
        await LongerThanTheLimitAsync();
        Assert.Equal((0, 0), Counts(rig));
        await socket.SendAsync("more"u8.ToArray());

        await Eventually.Async(() => Counts(rig) == (1, 1), "over age since it has all of the body");
    }

    [Fact]
    public async Task AnswerThatStallsHalfway_IsBad()
    {
        await using var rig = await JudgedRigAsync();
        using var socket = await SendAsync(rig, "GET /stall HTTP/1.1\r\nHost: x\r\n\r\n");

        await Eventually.Async(() => Counts(rig) == (1, 1), "over age");
    }
}
