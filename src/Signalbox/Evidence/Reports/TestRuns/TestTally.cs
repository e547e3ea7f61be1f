namespace Signalbox.Evidence.Reports.TestRuns;

internal enum TestOutcome { Passed, Failed, Error, Skipped }

/// <summary>Counts cases and keeps those that went wrong.</summary>
internal sealed class TestTally(ReportLimits limits)
{
    private const int MaxMessage = 500;
    private readonly List<TestFailure> _failures = [];
    private readonly int[] _counts = new int[4];

    public int Total => _counts.Sum();

    public void Add(TestOutcome outcome, string name, string? message)
    {
        if (Total >= limits.MaxItems * 10L) throw new ReportRefusedException($"the report has more than {limits.MaxItems * 10L} test cases");
        _counts[(int)outcome]++;
        if (outcome is not (TestOutcome.Failed or TestOutcome.Error)) return;
        if (_failures.Count >= limits.MaxItems) throw new ReportRefusedException($"the report has more than {limits.MaxItems} failures");
        _failures.Add(new(Cut(name)!, Cut(message?.Trim().Split('\n')[0].TrimEnd())));
    }

    public TestReport Report(string format, double? seconds) => new(
        format, Total, _counts[(int)TestOutcome.Passed], _counts[(int)TestOutcome.Failed], _counts[(int)TestOutcome.Error], _counts[(int)TestOutcome.Skipped], _failures)
    {
        Duration = seconds is >= 0 and < 1e9 ? TimeSpan.FromSeconds(seconds.Value) : null,
    };

    private static string? Cut(string? text) => text is { Length: > MaxMessage } ? text[..MaxMessage] : text;
}
