using Signalbox.Delivery.Policies;

namespace Signalbox.Gates.BuiltIn;

/// <summary>Nothing goes out in a freeze window, unless a person other than the submitter lets this very release through.</summary>
internal static class FreezeGate
{
    public static void Ask(GateContext context, IReadOnlyList<FreezeWindow> windows, GateLines lines)
    {
        var held = false;
        foreach (var window in windows)
        {
            if (context.Inputs.ZoneOffsets.GetValueOrDefault(window.Zone) is not { } offset)
            {
                held = true;
                lines.Undecided("gate-freeze-zone-unknown", $"the time zone {window.Zone} of freeze window {window.Name} is not known on this machine", "apt-get install tzdata");
            }
            else if (window.Holds(context.Now.UtcDateTime + offset))
            {
                held = true;
                Held(context, window, lines);
            }
        }
        if (!held) lines.Allow(windows.Count == 0 ? "there is no freeze window" : "no freeze window holds now");
    }

    private static void Held(GateContext context, FreezeWindow window, GateLines lines)
    {
        if (Overrides.Find(context, GateTable.Freeze, lines, others: true) is { } allowed)
            lines.Allow($"freeze window {window.Name} holds; {allowed.Item.Record.By} lets this release through until {allowed.Facts.Expires:yyyy-MM-dd HH:mm} UTC: {allowed.Facts.Reason}", allowed.Item);
        else
            lines.Deny("gate-frozen", $"freeze window {window.Name} holds from {window.From} to {window.To} ({window.Zone})",
                $"signalbox approve {context.Release.Id} --env {context.Release.Environment} --override freeze --comment 'why it cannot wait'   # by somebody else");
    }
}
