using Cronos;

namespace Signalbox.Delivery;

/// <summary>When a cron service runs.</summary>
/// <param name="Expression">Five fields (minute, hour, day of month, month, day of week), or a macro such as <c>@daily</c>.</param>
/// <param name="TimeZone">IANA name of the clock that the fields are read by.</param>
/// <remarks>When clocks are set forward, what falls into the hour that is left out runs at its end; when they are set back, what has a fixed hour runs once.</remarks>
public sealed record CronSchedule(string Expression, string TimeZone = CronSchedule.Utc)
{
    public const string Utc = "UTC";

    /// <returns>The first time after a moment, or null where the expression names no day that comes (30 February).</returns>
    /// <exception cref="FormatException">See <see cref="Problem"/>.</exception>
    /// <exception cref="TimeZoneNotFoundException">As well.</exception>
    public DateTimeOffset? After(DateTimeOffset moment) => CronExpression.Parse(Expression).GetNextOccurrence(moment, Zone(TimeZone));

    /// <returns>Why nothing could ever run by it on this machine, as the end of a sentence; null where it can.</returns>
    public string? Problem()
    {
        if (!CronExpression.TryParse(Expression ?? "", out var expression)) return $"is '{Expression}'; expected minute, hour, day of month, month and day of week";
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone ?? "", out var zone)) return $"has the time zone '{TimeZone}', which this machine does not know; expected an IANA name such as Europe/Paris";
        return expression.GetNextOccurrence(DateTimeOffset.UnixEpoch, zone) is null ? $"is '{Expression}', a day that never comes" : null;
    }

    private static TimeZoneInfo Zone(string name) => name == Utc ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(name);
}
