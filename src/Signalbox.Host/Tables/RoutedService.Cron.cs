using Microsoft.Extensions.Logging;
using Signalbox.Delivery;

namespace Signalbox.Host.Tables;

/// <summary>A cron service: its instances are runs, each started when it is due by the arm that is asked to.</summary>
/// <remarks>
/// One run at a time, whichever release's: what is due while another run goes on is left out. What was due while no host ran is
/// not made up for.
/// </remarks>
internal sealed partial class RoutedService
{
    /// <summary>A clock is slewed by less; one that goes back further was set, and what is due is asked anew.</summary>
    private static readonly TimeSpan s_clockWasSet = TimeSpan.FromMinutes(1);

    private CronSchedule? _scheduled;
    private DateTimeOffset? _due;
    private DateTimeOffset? _ran;
    private DateTimeOffset _lastAsked = DateTimeOffset.MinValue;

    /// <summary>Starts the run that is due, by the schedule of the arm that is asked to run it.</summary>
    /// <param name="now">By the wall clock, which may be set at any time.</param>
    public void RunIfDue(DateTimeOffset now)
    {
        var arm = _arms.FirstOrDefault(arm => arm is { IsCron: true, Table.Instances: > 0 });
        var wasSet = _lastAsked - now > s_clockWasSet;
        _lastAsked = now;
        if (wasSet || !Equals(arm?.Schedule, _scheduled)) (_scheduled, _due) = (arm?.Schedule, DueAfter(arm?.Schedule, now));
        if (arm is null || _due is not { } due || due > now) return;
        _due = arm.Schedule!.After(now);
        if (_arms.Concat(_retiring).Any(other => other.IsCron && other.Instances.Count > 0))
            _parts.Logger.LogWarning("{Service} of {Track} was due at {Due:u} and is left out: the run before goes on still", Table.Service, _track, due);
        else
            Run(arm, due);
    }

    /// <summary>The time that ran last does not run again where the clock has gone back behind it.</summary>
    private DateTimeOffset? DueAfter(CronSchedule? schedule, DateTimeOffset now) =>
        schedule?.After(now) is { } due ? due == _ran ? schedule.After(due) : due : null;

    private void Run(RoutedArm arm, DateTimeOffset due)
    {
        _ran = due;
        Attach(arm, _parts.Instances.Start(SpecOf(arm, 0)));
    }
}
