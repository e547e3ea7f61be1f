using Signalbox.Delivery.Reading;
using Signalbox.Yaml;

namespace Signalbox.Delivery.Policies;

/// <summary>Reads one freeze window.</summary>
internal static class FreezeReader
{
    private static readonly Shape s_window = new("freeze window", [("name", "weekend"), ("from", "\"Fri 18:00\""), ("to", "\"Mon 08:00\""), ("zone", "Europe/Berlin")]);

    public static FreezeWindow? Read(FileContext file, YamlNode node, int number, Func<string, bool> knowsZone)
    {
        if (Section.Open(file, s_window, node, $"freeze window {number}", "freeze: [{ name: weekend, from: \"Fri 18:00\", to: \"Mon 08:00\", zone: Europe/Berlin }]") is not { } section) return null;
        var name = DnsName.Read(section, "name");
        var (from, to) = (Moment(section, "from"), Moment(section, "to"));
        if (!section.Has("zone")) section.Missing("zone");
        var zone = section.Text("zone");
        if (zone is not null && (zone.Length > 64 || !knowsZone(zone)))
            file.Invalid(section.Node("zone")!, "zone", zone, "a time zone that this machine knows, such as Europe/Berlin", "zone: Europe/Berlin   # where it is right: apt-get install tzdata");
        if (from is null || to is null || zone is null) return null;
        if (from.Form != to.Form)
            file.Error(DeliveryIds.ConflictingKeys, $"from is {Word(from.Form)} and to is {Word(to.Form)}; expected both of one form", section.Node("to")!.Span, s_window.Line("to"), "another form than from", section.Node("from")!.Span);
        else if (from.Form == FreezeForm.Once ? to.At <= from.At : to.At == from.At)
            file.Invalid(section.Node("to")!, "to", section.Text("to")!, "a moment after from", s_window.Line("to"));
        return new(name, section.Text("from")!, section.Text("to")!, zone);
    }

    private static FreezeMoment? Moment(Section section, string key)
    {
        if (!section.Has(key)) section.Missing(key);
        if (section.Text(key) is not { } text) return null;
        if (FreezeMoment.TryParse(text, out var moment)) return moment;
        section.File.Invalid(section.Node(key)!, key, text, "\"Fri 18:00\", \"22:00\" or \"2026-12-20T00:00\"", s_window.Line(key));
        return null;
    }

    private static string Word(FreezeForm form) => form switch
    {
        FreezeForm.Daily => "of every day",
        FreezeForm.Weekly => "of every week",
        _ => "a single day",
    };
}
