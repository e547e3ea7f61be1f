using System.Diagnostics;
using System.Globalization;
using CsCheck;
using Signalbox.Host.Tables;

namespace Signalbox.Host.Tests.Tables;

public sealed class SlotFileTests : IDisposable
{
    /// <summary>In memory where there is such a place: thousands of flushes would otherwise take minutes of a busy disk.</summary>
    private readonly string _directory = Directory.CreateDirectory(
        Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), "sbx-slot-" + Guid.NewGuid().ToString("N"))).FullName;

    private string FilePath => Path.Combine(_directory, "t.table");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static byte[]? Read(string path)
    {
        using var file = new SlotFile(path);
        return file.Read();
    }

    private static byte[] Content(int length, int seed)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    /// <summary>A file that holds two contents, the second newer; what the first and the whole file were.</summary>
    private (byte[] Older, byte[] Newer, byte[] Whole) TwoWritten(int length)
    {
        var (older, newer) = (Content(length, 1), Content(length + 7, 2));
        using var file = new SlotFile(FilePath);
        foreach (var content in new[] { older, newer })
        {
            file.Write(content);
            file.Flush();
        }
        return (older, newer, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void NothingThere_IsReadAsNull() => Assert.Null(Read(FilePath));

    [Fact]
    public void Any_SequenceOfWritesFlushesAndReopenings_ReadsTheLastWritten() =>
        Gen.Select(Gen.Int[0, 60_000], Gen.Bool, Gen.Bool).List[1, 12].Sample(
            steps =>
            {
                var path = Path.Combine(_directory, Guid.NewGuid().ToString("N"));
                var file = new SlotFile(path);
                for (var i = 0; i < steps.Count; i++)
                {
                    var content = Content(steps[i].Item1, i);
                    file.Write(content);
                    if (steps[i].Item2) file.Flush();
                    if (!Read(path).AsSpan().SequenceEqual(content)) return false;
                    if (steps[i].Item3) (file, _) = (new(path), file.Read());
                }
                file.Dispose();
                return true;
            },
            iter: 30, threads: 1);

    [Fact]
    public void AnyByteOfTheNewestSlotDamaged_ReadsTheOneBefore()
    {
        var (older, newer, whole) = TwoWritten(300);
        var at = whole.Length / 2;
        for (var i = 0; i < SlotFile.HeaderBytes + newer.Length; i++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[at + i] ^= 0x20;
            File.WriteAllBytes(FilePath, damaged);
            Assert.Equal(older, Read(FilePath));
        }
    }

    [Fact]
    public void AnyByteOfTheOlderSlotDamaged_ReadsTheNewest()
    {
        var (older, newer, whole) = TwoWritten(300);
        for (var i = 0; i < SlotFile.HeaderBytes + older.Length; i++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[i] ^= 0x20;
            File.WriteAllBytes(FilePath, damaged);
            Assert.Equal(newer, Read(FilePath));
        }
    }

    /// <summary>A power cut while the third content goes over the first: any 512-byte sectors of it may have arrived, in any order.</summary>
    [Fact]
    public void AnySectorsOfAWriteMissing_ReadsWhatWasFlushedLast()
    {
        var (_, flushed, before) = TwoWritten(3000);
        var torn = Content(3000, 3);
        using (var file = new SlotFile(FilePath)) file.Write(torn);
        var after = File.ReadAllBytes(FilePath);
        const int sector = 512;
        var sectors = (SlotFile.HeaderBytes + torn.Length + sector - 1) / sector;
        Gen.Bool.Array[sectors].Sample(
            arrived =>
            {
                var bytes = (byte[])before.Clone();
                for (var i = 0; i < sectors; i++)
                    if (arrived[i]) after.AsSpan(i * sector, sector).CopyTo(bytes.AsSpan(i * sector));
                File.WriteAllBytes(FilePath, bytes);
                return Read(FilePath).AsSpan().SequenceEqual(Array.TrueForAll(arrived, a => a) ? torn : flushed);
            },
            iter: 300, threads: 1);
    }

    [Fact]
    public void FlushThatFailed_KeepsTheFlushedSlotUntouched()
    {
        var (_, flushed, _) = TwoWritten(300);
        using var file = new SlotFile(FilePath);
        for (var i = 0; i < 3; i++) file.Write(Content(300, 10 + i));
        var bytes = File.ReadAllBytes(FilePath);
        Array.Clear(bytes, 0, bytes.Length / 2);
        File.WriteAllBytes(FilePath, bytes);

        Assert.Equal(flushed, Read(FilePath));
    }

    [Fact]
    public void CutShortOrEmptyOrForeign_NeitherThrowsNorIsBelieved()
    {
        var (older, _, whole) = TwoWritten(300);
        for (var length = 0; length < whole.Length; length += 97)
        {
            File.WriteAllBytes(FilePath, whole[..length]);
            var read = Read(FilePath);
            Assert.True(read is null || read.SequenceEqual(older));
        }
        File.WriteAllText(FilePath, """{"table": {}}""");
        Assert.Null(Read(FilePath));
        using var file = new SlotFile(FilePath);
        file.Write(older);
        Assert.Equal(older, Read(FilePath));
    }

    [Fact]
    public void WithinItsSlot_NeitherGrowsNorIsReplaced()
    {
        using var file = new SlotFile(FilePath);
        file.Write(Content(100, 1));
        var before = new FileInfo(FilePath).Length;
        using var same = File.OpenRead(FilePath);
        file.Write(Content(file.Room, 2));
        file.Flush();
        Assert.Equal((before, before), (new FileInfo(FilePath).Length, same.Length));

        file.Write(Content(file.Room + 1, 3));
        Assert.True(new FileInfo(FilePath).Length > before);
        Assert.Equal(before, same.Length);
    }

    /// <summary>This program, started again as the process that is killed.</summary>
    [Fact]
    public async Task KilledProcess_TheLastAcknowledgedIsRead()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Signalbox.Host.Tests"), ["child:slots", FilePath]) { RedirectStandardOutput = true };
        for (var round = 0; round < 5; round++)
        {
            using var child = Process.Start(start)!;
            var acknowledged = 0L;
            for (var lines = 0; lines < 20 + round * 7; lines++)
                acknowledged = long.Parse((await child.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
            child.Kill();
            await child.WaitForExitAsync();
            while (await child.StandardOutput.ReadLineAsync() is { } line)
                if (long.TryParse(line, CultureInfo.InvariantCulture, out var later)) acknowledged = later;

            Assert.True(SlotChild.NumberIn(Read(FilePath)!) is var number && number >= acknowledged, $"{acknowledged} was acknowledged, {number} is read");
        }
    }
}
