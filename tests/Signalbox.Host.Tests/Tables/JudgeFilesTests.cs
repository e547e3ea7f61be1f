using System.Text;
using Signalbox.Host.Tables;

namespace Signalbox.Host.Tests.Tables;

public sealed class JudgeFilesTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("sbx-judge").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task Judge_ThatBeginsAgainWhileTheOneBeforeIsWritten_GoesOnWithItsState()
    {
        var judges = new JudgeFiles(_state, TimeProvider.System);
        for (var round = 0; round < 100; round++)
        {
            var (rollout, ended) = ($"r{round}", Bytes("ended"));
            var first = judges.Open(rollout, "web");
            first.Log.Write("first "u8);
            var closing = judges.CloseAsync(first, ended);
            var second = judges.Open(rollout, "web");
            Assert.Equal(ended, second.ReadSnapshot());
            Assert.True(second.HasBegun);
            second.Log.Write("second"u8);
            await closing;
            await judges.CloseAsync(second, Bytes("later"));

            Assert.Equal("first second", await File.ReadAllTextAsync(second.LogPath));
            Assert.Equal("later", await File.ReadAllTextAsync(second.SnapshotPath));
            var third = judges.Open(rollout, "web");
            Assert.NotSame(second, third);
            Assert.Equal("later", Encoding.UTF8.GetString(third.ReadSnapshot()!));
        }
    }

    [Fact]
    public async Task History_OfAServiceThatLeft_IsThereAtOnceAndOnTheDiskLater()
    {
        var judges = new JudgeFiles(_state, TimeProvider.System);
        var leaving = judges.LeaveHistoryAsync("shop/production", "web", Bytes("what it learned"));
        Assert.Equal("what it learned", Encoding.UTF8.GetString(judges.ReadHistory("shop/production", "web")));
        await leaving;
        Assert.Equal("what it learned", Encoding.UTF8.GetString(new JudgeFiles(_state, TimeProvider.System).ReadHistory("shop/production", "web")));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
