using Signalbox.Delivery;

namespace Signalbox.Tests.Delivery;

public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("*/15 3 * * *", "UTC", "2026-03-01T03:07:00Z", "2026-03-01T03:15:00Z")]
    [InlineData("0 3 * * mon", "UTC", "2026-03-01T04:00:00Z", "2026-03-02T03:00:00Z")]
    [InlineData("@daily", "UTC", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z")]
    [InlineData("0 9 * * *", "Europe/Paris", "2026-07-01T00:00:00Z", "2026-07-01T07:00:00Z")]
    // the hour from 02:00 to 03:00 is left out on 29 March 2026, and is there twice on 25 October 2026
    [InlineData("30 2 * * *", "Europe/Paris", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("30 2 * * *", "Europe/Paris", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    public void After_GivesTheNextTime(string expression, string zone, string from, string next) =>
        Assert.Equal(DateTimeOffset.Parse(next), new CronSchedule(expression, zone).After(DateTimeOffset.Parse(from)));

    [Theory]
    [InlineData("0 3 * * *", "UTC", null)]
    [InlineData("0 3 * *", "UTC", "expected minute, hour")]
    [InlineData("61 * * * *", "UTC", "expected minute, hour")]
    [InlineData("", "UTC", "expected minute, hour")]
    [InlineData("0 0 30 2 *", "UTC", "a day that never comes")]
    [InlineData("0 3 * * *", "Mars/Olympus", "which this machine does not know")]
    [InlineData("0 3 * * *", "../../etc/passwd", "which this machine does not know")]
    public void Problem_SaysWhyNothingWouldRun(string expression, string zone, string? problem)
    {
        var found = new CronSchedule(expression, zone).Problem();
        if (problem is null) Assert.Null(found);
        else Assert.Contains(problem, found);
    }
}
