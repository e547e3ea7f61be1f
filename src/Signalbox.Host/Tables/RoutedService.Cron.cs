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
    private CronSchedule? _scheduled;
    private DateTimeOffset? _due;

    /// <summary>Starts the run that is due.</summary>
    public void RunIfDue(DateTimeOffset now)
    {
        if (!Equals(Table.Schedule, _scheduled)) (_scheduled, _due) = (Table.Schedule, Table.Schedule?.After(now));
        if (_due is not { } due || due > now) return;
        _due = Table.Schedule!.After(now);
        if (_arms.FirstOrDefault(arm => arm.Table.Instances > 0) is not { } arm) return;
        if (Instances.Any()) _parts.Logger.LogWarning("{Service} of {Track} was due at {Due:u} and is left out: the run before goes on still", Table.Service, _track, due);
        else Attach(arm, _parts.Instances.Start(SpecOf(arm.Table, 0)));
    }
}
