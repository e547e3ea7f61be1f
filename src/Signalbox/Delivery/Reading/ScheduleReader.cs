namespace Signalbox.Delivery.Reading;

/// <summary>Reads when a cron service runs.</summary>
internal static class ScheduleReader
{
    private static readonly string[] Keys = ["schedule", "timeZone"];

    public static CronSchedule? Read(Section service, ServiceKind kind)
    {
        if (kind != ServiceKind.Cron)
        {
            foreach (var key in Keys.Where(service.Has))
                service.File.Error(DeliveryIds.ConflictingKeys, $"a {kind.ToString().ToLowerInvariant()} runs all the time; expected kind cron for '{key}'", service.KeySpan(key), "kind: cron", "remove it, or make it a cron service");
            return null;
        }
        OneAtATime(service);
        if (!service.Has("schedule"))
        {
            service.Missing("schedule");
            return null;
        }
        if (service.Text("schedule") is not { } expression) return null;
        var schedule = new CronSchedule(expression, service.Text("timeZone") ?? CronSchedule.Utc);
        if (schedule.Problem() is not { } problem) return schedule;
        var place = new CronSchedule(expression).Problem() is null ? "timeZone" : "schedule";
        service.File.Error(DeliveryIds.InvalidValue, $"the schedule {problem}", service.Node(place)!.Span, service.Shape.Line(place), place == "schedule" ? "expected five fields that name a time" : "expected an IANA name");
        return null;
    }

    private static void OneAtATime(Section service)
    {
        if (service.Has("instances") && service.Text("instances") != "1")
            service.File.Error(DeliveryIds.ConflictingKeys, "a cron runs once at a time and has no instances; expected kind worker for several", service.KeySpan("instances"), "kind: worker", "remove it");
    }
}
