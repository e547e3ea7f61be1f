using Signalbox.Evidence.Reports;

namespace Signalbox.Tests.Evidence.Reports;

/// <summary>Tests that look at the memory of the whole process.</summary>
[CollectionDefinition(nameof(MemoryOfTheProcess), DisableParallelization = true)]
public sealed class MemoryOfTheProcess;

/// <summary>
/// Every reader reads a large report in memory that holds what is kept of its entries, and not the file. The same reports at
/// their full size, in a process of its own: <c>bench/run.sh reports</c>.
/// </summary>
[Collection(nameof(MemoryOfTheProcess))]
public sealed class LargeReportTests
{
    private const long Size = 24 << 20, Most = 18 << 20;

    public static TheoryData<string> Names => [.. LargeReports.All.Select(report => report.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Large_IsReadInLessMemoryThanItHas(string name)
    {
        using var file = LargeReports.All.Single(report => report.Name == name).Open(Size);
        using var watched = new MemoryWatch(file, Size / 6);
        var report = ReportReader.Read(watched);
        Assert.False(report is RefusedReport, (report as RefusedReport)?.Reason);
        Assert.True(report is not SbomReport { Valid: false } sbom, report is SbomReport { Problems: [var first, ..] } ? first : null);
        Assert.Null(report.Incomplete);
        Assert.InRange(watched.Looks, 2, 20);
        Assert.InRange(watched.Peak, 0, Most);
        GC.KeepAlive(report);
    }

    /// <summary>Looks at what is alive each time so much was read.</summary>
    private sealed class MemoryWatch(Stream file, long every) : Stream
    {
        private readonly long _before = Alive();
        private long _next;
        private long _read;

        public int Looks { get; private set; }

        /// <summary>The most that was alive beyond what there was before; none where less was.</summary>
        public long Peak { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => file.Length;

        public override long Position { get => file.Position; set => file.Position = value; }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = file.Read(buffer);
            _read += read;
            if (_read < _next) return read;
            _next = _read + every;
            Looks++;
            Peak = Math.Max(Peak, GC.GetTotalMemory(forceFullCollection: true) - _before);
            return read;
        }

        /// <summary>What earlier tests left to be finalised is not counted.</summary>
        private static long Alive()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return GC.GetTotalMemory(forceFullCollection: true);
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
