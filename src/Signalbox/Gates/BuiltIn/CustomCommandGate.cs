using Signalbox.Delivery;
using Signalbox.Delivery.Detection;
using Signalbox.Delivery.Policies;

namespace Signalbox.Gates.BuiltIn;

/// <summary>A command of the policy's decided: 0 allows, 1 denies; however else it ended, nothing is known.</summary>
internal static class CustomCommandGate
{
    public static GateResult Ask(GateContext context, string layer, CustomGate gate)
    {
        var lines = new GateLines();
        var results = context.Inputs.Custom.Where(result => result.Name == gate.Name && result.Layer == layer).ToList();
        var again = $"{string.Join(' ', gate.Command.Select(Words.Quote))}; echo $?";
        if (results is not [var result]) lines.Undecided("gate-command-not-run", $"{string.Join(' ', gate.Command)} was not run", again);
        else if (result.ExitCode == 0) lines.Allow($"{string.Join(' ', gate.Command)} says yes ({result.Detail})");
        else if (result.ExitCode == 1) lines.Deny("gate-command-denied", $"{string.Join(' ', gate.Command)} says no ({result.Detail})", again);
        else lines.Undecided("gate-command-undecided", $"{string.Join(' ', gate.Command)} could not say ({result.Detail}); expected exit 0 or 1", again);
        return lines.ToResult(gate.Name, layer, gate.Mode, context.HandTo(Handover.Devops), null);
    }
}
