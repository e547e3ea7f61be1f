using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Scans;

internal abstract class JsonScanReader(ScanBuilder to) : JsonReportReader
{
    protected ScanBuilder To { get; } = to;

    public override Report Done() => To.Done();
}
