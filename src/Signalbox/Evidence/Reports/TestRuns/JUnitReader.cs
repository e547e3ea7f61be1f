using System.Xml.Linq;
using Signalbox.Evidence.Reports.Xml;

namespace Signalbox.Evidence.Reports.TestRuns;

/// <summary>
/// JUnit's XML as Ant, Maven Surefire, Gradle, pytest, Jest, gotestsum and others write it: suites within suites, one suite,
/// or cases alone. A rerun that passed (<c>flakyFailure</c>) passed; <c>rerunFailure</c> stands beside the failure.
/// </summary>
internal sealed class JUnitReader(ReportLimits limits)
{
    private readonly TestTally _tally = new(limits);
    private DateTimeOffset? _generated;
    private double? _seconds;
    private long _stated;
    private long _statedBad;
    private long _bad;

    public Report Read(XmlCursor xml)
    {
        _seconds = Values.Number(xml["time"]);
        ReadSuite(xml, counted: false, countedFailures: false, countedErrors: false);
        return _tally.Report("junit", _seconds) with { GeneratedAt = _generated, Incomplete = Missing() };
    }

    /// <summary>Fewer cases than the suites say that they have: the file was cut and mended, or filtered.</summary>
    private string? Missing() =>
        _tally.Total < _stated ? $"the report holds {_tally.Total} cases and says that there were {_stated}"
        : _bad < _statedBad ? $"the report holds {_bad} failures and errors and says that there were {_statedBad}"
        : null;

    /// <param name="counted">A suite around this one has stated how many cases there are, these among them.</param>
    /// <param name="countedFailures">The same of failures.</param>
    /// <param name="countedErrors">The same of errors.</param>
    private void ReadSuite(XmlCursor xml, bool counted, bool countedFailures, bool countedErrors)
    {
        if (!counted) _stated += Values.Count(xml["tests"]) ?? 0;
        counted |= xml.Has("tests");
        if (!countedFailures) _statedBad += Values.Count(xml["failures"]) ?? 0;
        countedFailures |= xml.Has("failures");
        // of all suites together gotestsum states the lines on standard error, and no cases (gotest.tools/gotestsum, internal/junitxml)
        if (xml.Name != "testsuites")
        {
            if (!countedErrors) _statedBad += Values.Count(xml["errors"]) ?? 0;
            countedErrors |= xml.Has("errors");
        }
        _generated ??= Values.Time(xml["timestamp"]);
        foreach (var name in xml.Children())
            switch (name)
            {
                case "testsuite":
                    ReadSuite(xml, counted, countedFailures, countedErrors);
                    break;
                case "testcase":
                    AddCase(xml.Entry());
                    break;
                case "error" or "failure":
                    _bad++;
                    _tally.Add(TestOutcome.Error, "suite", xml.Entry().AttributeText("message"));
                    break;
                default:
                    break;
            }
    }

    private void AddCase(XElement test)
    {
        var name = string.Join('.', new[] { test.AttributeText("classname"), test.AttributeText("name") }.OfType<string>());
        // some writers have both, or several, in one case, and state each
        _bad += Math.Max(test.Elements().Count(e => e.Name.LocalName is "error" or "failure"), Status(test.AttributeText("status") ?? test.AttributeText("result")) == TestOutcome.Passed ? 0 : 1);
        if (test.Child("error") is { } error) _tally.Add(TestOutcome.Error, name, Message(error));
        else if (test.Child("failure") is { } failure) _tally.Add(TestOutcome.Failed, name, Message(failure));
        else if (test.Child("skipped") is not null || test.AttributeText("status") is "skipped" or "disabled" or "notrun") _tally.Add(TestOutcome.Skipped, name, null);
        else _tally.Add(Status(test.AttributeText("status") ?? test.AttributeText("result")), name, null);
    }

    /// <summary>Some writers say it in an attribute alone.</summary>
    private static TestOutcome Status(string? status) => status?.ToLowerInvariant() switch
    {
        "failed" or "failure" or "fail" => TestOutcome.Failed,
        "error" or "errored" => TestOutcome.Error,
        _ => TestOutcome.Passed,
    };

    private static string? Message(XElement problem) => problem.AttributeText("message") ?? problem.Words();
}
