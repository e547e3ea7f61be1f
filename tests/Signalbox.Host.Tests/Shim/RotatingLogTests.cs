using System.Text;
using Signalbox.Host.Shim;

namespace Signalbox.Host.Tests.Shim;

public sealed class RotatingLogTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("signalbox-test-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Write_BeyondTheSize_KeepsTheNewestFiles()
    {
        using (var log = new RotatingLog(Path.Combine(_root, "a.log"), 10, 3, TimeProvider.System))
            foreach (var n in Enumerable.Range(1, 6)) log.Write(Encoding.ASCII.GetBytes($"entry {n}\n"));

        Assert.Equal(["a.log", "a.log.1", "a.log.2"], Directory.GetFiles(_root).Select(f => Path.GetFileName(f)).Order());
        Assert.Equal(["entry 6\n", "entry 5\n", "entry 4\n"], Directory.GetFiles(_root).Order().Select(File.ReadAllText));
    }

    [Fact]
    public void Write_LogOfAnEarlierRun_IsContinued()
    {
        var path = Path.Combine(_root, "a.log");
        foreach (var text in new[] { "one\n", "two\n" })
        {
            using var log = new RotatingLog(path, 1000, 3, TimeProvider.System);
            log.Write(Encoding.ASCII.GetBytes(text));
        }
        Assert.Equal("one\ntwo\n", File.ReadAllText(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void Write_DiskRefuses_CountsAndSaysSoLater()
    {
        var path = Path.Combine(_root, "logs", "a.log");
        File.WriteAllText(Path.Combine(_root, "logs"), "in the way");
        using var log = new RotatingLog(path, 1000, 3, TimeProvider.System);
        log.Write("lost\n"u8);
        Assert.Equal(5, log.Lost);

        File.Delete(Path.Combine(_root, "logs"));
        log.Write("kept\n"u8);
        Assert.Contains("stderr F signalbox: 5 bytes of this log were lost", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.EndsWith("kept\n", File.ReadAllText(path), StringComparison.Ordinal);
    }
}
