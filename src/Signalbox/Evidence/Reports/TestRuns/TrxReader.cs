using System.Xml.Linq;
using Signalbox.Evidence.Reports.Xml;

namespace Signalbox.Evidence.Reports.TestRuns;

/// <summary>Visual Studio's TRX (namespace http://microsoft.com/schemas/VisualStudio/TeamTest/2010), as <c>dotnet test --logger trx</c> writes it.</summary>
internal sealed class TrxReader(ReportLimits limits)
{
    private readonly TestTally _tally = new(limits);
    private DateTimeOffset? _started;
    private DateTimeOffset? _finished;
    private string? _incomplete;
    private string? _says;
    private bool _failed;

    public Report Read(XmlCursor xml)
    {
        foreach (var name in xml.Children())
            if (name == "Times") (_started, _finished) = (Values.Time(xml["start"]), Values.Time(xml["finish"]));
            else if (name == "Results")
                foreach (var _ in xml.Children()) AddResult(xml.Entry());
            else if (name == "ResultSummary") ReadSummary(xml);
        var report = _tally.Report("trx", (_finished - _started)?.TotalSeconds);
        // a test host that crashed leaves what had passed before, and says it here alone; adapters write each failed test there, too
        if (report.Failed + report.Errors == 0) _incomplete ??= _says ?? (_failed ? "the run failed, and no result in it did" : null);
        return report with { GeneratedAt = _finished, Incomplete = _incomplete };
    }

    /// <summary>A data-driven or ordered test holds its rows as results of their own: they count instead of it.</summary>
    private void AddResult(XElement result)
    {
        var inner = result.Child("InnerResults")?.Elements().ToList() ?? [];
        foreach (var row in inner) AddResult(row);
        if (inner.Count > 0) return;
        var message = result.Child("Output").Child("ErrorInfo").Text("Message");
        _tally.Add(Outcome(result.AttributeText("outcome")), result.AttributeText("testName") ?? "", message);
    }

    /// <summary>The values of TestOutcome in the schema; without one the result is an error.</summary>
    private static TestOutcome Outcome(string? outcome) => outcome switch
    {
        "Passed" or "PassedButRunAborted" or "Completed" or "Warning" => TestOutcome.Passed,
        "Failed" => TestOutcome.Failed,
        "NotExecuted" or "NotRunnable" or "Inconclusive" or "Pending" or "Disconnected" => TestOutcome.Skipped,
        _ => TestOutcome.Error,
    };

    private void ReadSummary(XmlCursor xml)
    {
        if (xml["outcome"] is "Aborted" or "Timeout" or "Error") _incomplete = $"the run ended as {xml["outcome"]}";
        _failed |= xml["outcome"] == "Failed";
        foreach (var name in xml.Children())
            if (name == "RunInfos") ReadMessages(xml);
            else if (name == "Counters" && Values.Count(xml["total"]) is { } total && total > _tally.Total)
                _incomplete ??= $"the report holds {_tally.Total} results and says that there were {total}";
    }

    /// <summary>What the run itself has to say beside its tests: that the host was lost, or a data collector could not start.</summary>
    private void ReadMessages(XmlCursor xml)
    {
        foreach (var name in xml.Children())
            if (name == "RunInfo" && xml["outcome"] == "Error") _says ??= $"the run says: {Words(xml.Entry().Text("Text"))}";
    }

    private static string Words(string? text) => text?.Trim().Split('\n')[0].TrimEnd() is { Length: > 0 } line ? line.Length <= 200 ? line : line[..200] : "an error without a message";
}
