using System.Globalization;
using Signalbox.Host.Supervision;

namespace Signalbox.Host.Tests.Supervision;

public sealed class InstanceLogsTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly string _root = Directory.CreateTempSubdirectory("signalbox-test-").FullName;

    private InstanceLogs Logs => new(_root);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Read_StoppedAndLiving_AreOneStoryInOrder()
    {
        Write("shop/production", "web", "web.shop-1.0.aaaaaa", 0, 1, 4);
        Write("shop/production", "web", "web.shop-2.0.bbbbbb", 2, 3);
        Write("shop/production", "mail", "mail.shop-1.0.cccccc", 5);
        Write("shop/staging", "web", "web.shop-1.0.dddddd", 6);

        Assert.Equal(["0", "1", "2", "3", "4", "5"], Texts(null, null, 100));
        Assert.Equal(["3", "4", "5"], Texts(null, null, 3));
        Assert.Equal(["3", "4"], Texts("web", null, 2));
        Assert.Equal(["2", "3"], Texts("web", "shop-2", 100));
        Assert.Equal(["shop-1", "shop-1"], Logs.Read("shop/production", null, "shop-1", 2).Select(l => l.Revision));
        Assert.Equal(["shop/production", "shop/staging"], Logs.Tracks);
    }

    [Theory]
    [InlineData("web", "shop-1")]
    [InlineData("a.b", "v1.2.3")]
    [InlineData("web", "a/b c")]
    public void Read_AnyRevision_IsReadFromTheName(string service, string revision)
    {
        var id = $"{SupervisionPaths.Segment(service)}.{SupervisionPaths.Segment(revision)}.12.abcdef";
        Write("shop/production", service, id, 0);
        var line = Assert.Single(Logs.Read("shop/production", service, revision, 10));
        Assert.Equal((service, revision, id), (line.Service, line.Revision, line.Instance));
    }

    [Fact]
    public void Prune_KeepsTheLivingTheNewestAndTheYoung()
    {
        foreach (var age in Enumerable.Range(0, 6)) Write("shop/production", "web", $"web.shop-1.0.{age}", -age);
        File.WriteAllText(Logs.FileOf("shop/production", "web", "web.shop-1.0.3") + ".1", "");
        Logs.Prune(keep: 3, Start.UtcDateTime.AddSeconds(-1.5), ["web.shop-1.0.5"]);
        Assert.Equal(
            ["web.shop-1.0.0.log", "web.shop-1.0.1.log", "web.shop-1.0.5.log"],
            Directory.GetFiles(_root, "*", SearchOption.AllDirectories).Select(f => Path.GetFileName(f)).Order());
        Logs.Prune(keep: 1, DateTime.MinValue, []);
        Assert.Equal("web.shop-1.0.0.log", Path.GetFileName(Assert.Single(Directory.GetFiles(_root, "*", SearchOption.AllDirectories))));
    }

    [Fact]
    public void Read_Nothing_IsEmpty()
    {
        Assert.Empty(new InstanceLogs(Path.Combine(_root, "none")).Read("shop/production", null, null, 5));
        Assert.Empty(new InstanceLogs(Path.Combine(_root, "none")).Tracks);
    }

    [Fact]
    public async Task Stop_Instance_ItsLogIsStillRead()
    {
        await using var bench = new SupervisorBench();
        var instance = await bench.StartReadyAsync(bench.Shell("echo my last words; exec sleep 303"));
        await SupervisorBench.UntilAsync(() => bench.LogTail(instance).Count > 0, () => "it says nothing");
        await bench.Supervisor.StopAsync(instance.Id, CancellationToken.None);

        var line = Assert.Single(new InstanceLogs(bench.Paths.Logs).Read("shop/production", "web", "shop-1", 10));
        Assert.Equal(("my last words", instance.Id), (line.Text, line.Instance));
    }

    private IEnumerable<string> Texts(string? service, string? revision, int lines) =>
        Logs.Read("shop/production", service, revision, lines).Select(l => l.Text);

    private void Write(string track, string service, string id, params int[] seconds)
    {
        var path = Logs.FileOf(track, service, id);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllLines(path, seconds.Select(s => string.Create(CultureInfo.InvariantCulture, $"{Start.AddSeconds(s).UtcDateTime:O} stdout F {s}")));
        File.SetLastWriteTimeUtc(path, Start.AddSeconds(seconds[^1]).UtcDateTime);
    }
}
