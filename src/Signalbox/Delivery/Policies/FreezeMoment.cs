using System.Globalization;

namespace Signalbox.Delivery.Policies;

public enum FreezeForm { Daily, Weekly, Once }

/// <summary>One end of a freeze window.</summary>
/// <param name="At">Since midnight, since Monday's midnight, or since 0001-01-01, by the wall clock of the window's place.</param>
public sealed record FreezeMoment(FreezeForm Form, TimeSpan At)
{
    private static readonly string[] s_days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    private static readonly string[] s_dates = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm"];

    public static bool TryParse(string text, out FreezeMoment moment)
    {
        moment = new(FreezeForm.Daily, default);
        if (TryTime(text, out var time)) moment = new(FreezeForm.Daily, time);
        else if (text is [_, _, _, ' ', ..] && Array.IndexOf(s_days, text[..3]) is >= 0 and var day && TryTime(text[4..], out time)) moment = new(FreezeForm.Weekly, TimeSpan.FromDays(day) + time);
        else if (DateTime.TryParseExact(text, s_dates, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) moment = new(FreezeForm.Once, date - DateTime.MinValue);
        else return false;
        return true;
    }

    /// <summary>The same measure of a moment on the window's wall clock.</summary>
    public static TimeSpan Of(DateTime wall, FreezeForm form) => form switch
    {
        FreezeForm.Daily => wall.TimeOfDay,
        FreezeForm.Weekly => TimeSpan.FromDays(((int)wall.DayOfWeek + 6) % 7) + wall.TimeOfDay,
        _ => wall - DateTime.MinValue,
    };

    private static bool TryTime(string text, out TimeSpan time)
    {
        var read = TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var of);
        time = of.ToTimeSpan();
        return read;
    }
}

public static class FreezeWindows
{
    /// <summary>Whether a moment on the window's wall clock lies in it; its end does not. One that goes over midnight, or over Sunday, goes around.</summary>
    /// <exception cref="FormatException">The window's ends are none; a file that was read without findings has no such.</exception>
    public static bool Holds(this FreezeWindow window, DateTime wall)
    {
        if (!FreezeMoment.TryParse(window.From, out var from) || !FreezeMoment.TryParse(window.To, out var to) || from.Form != to.Form)
            throw new FormatException($"freeze window {window.Name} has no two ends of one form");
        var at = FreezeMoment.Of(wall, from.Form);
        return from.At <= to.At ? from.At <= at && at < to.At : at >= from.At || at < to.At;
    }
}
