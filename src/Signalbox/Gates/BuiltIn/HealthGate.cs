using Signalbox.Delivery;
using Signalbox.Delivery.Policies;

namespace Signalbox.Gates.BuiltIn;

/// <summary>A port that is open says little about whether the program behind it works.</summary>
internal static class HealthGate
{
    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        foreach (var service in context.Release.Configuration.Services)
            if (service.Kind != ServiceKind.Web) lines.Allow($"{service.Name} is {(service.Health.Command is null ? "healthy while it runs" : "probed by a command")}");
            else if (service.Health.Http is { } path) lines.Allow($"{service.Name} is probed at {path}");
            else if (service.Health.Command is not null) lines.Allow($"{service.Name} is probed by a command");
            else lines.Deny("gate-health-port-only", $"{service.Name} is probed by its open port alone; expected a path or a command that says whether it works", "health: { http: /healthz }   # in signalbox.yaml");
    }
}
