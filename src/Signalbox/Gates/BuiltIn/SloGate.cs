using System.Globalization;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;

namespace Signalbox.Gates.BuiltIn;

/// <summary>What was never promised cannot be missed.</summary>
internal static class SloGate
{
    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        foreach (var service in context.Release.Configuration.Services.Where(service => service.Kind == ServiceKind.Web))
            if (service.Objective.Availability is { } share) lines.Allow(string.Create(CultureInfo.InvariantCulture, $"{service.Name} promises {share * 100:0.#####} % good answers"));
            else lines.Deny("gate-slo-missing", $"{service.Name} promises no availability", "slo: { availability: 99.9% }   # in signalbox.yaml");
        if (lines.IsEmpty) lines.Allow("there is no web service, so nothing is promised to users");
    }
}
