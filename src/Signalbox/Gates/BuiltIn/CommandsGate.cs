using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Delivery.Reading;

namespace Signalbox.Gates.BuiltIn;

/// <summary>A release's hooks run only what the policy names, word by word.</summary>
internal static class CommandsGate
{
    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        foreach (var (name, hook) in context.Release.Configuration.Hooks())
            if (Allows(rule, hook)) lines.Allow($"the {name} hook runs {string.Join(' ', hook.Command)}, which the policy names");
            else lines.Deny("gate-command-not-allowed", $"the {name} hook runs {string.Join(' ', hook.Command)}, which the policy does not name", $"commands: {{ mode: enforce, allow: [\"{string.Join(' ', hook.Command)}\"] }}   # in policy.yaml");
        if (lines.IsEmpty) lines.Allow("the release has no hooks");
    }

    public static bool Allows(GateRule rule, Hook hook) => rule.Values("allow").Select(Split).Any(command => command.SequenceEqual(hook.Command, StringComparer.Ordinal));

    private static IReadOnlyList<string> Split(string text) => CommandLine.Split(text, out var problem) is var words && problem is null ? words : [text];
}

/// <summary>The same rule once more when a hook is due: a release may have waited long, or a policy may have changed since it was let in.</summary>
public static class HookPermission
{
    /// <param name="layers">What the environment demands now.</param>
    /// <param name="own">What the release's own file demands beside it.</param>
    /// <returns>Whose policy forbids it; null where none does.</returns>
    public static string? Forbids(IReadOnlyList<PolicyLayer> layers, IReadOnlyList<GateRule> own, Hook hook)
    {
        foreach (var layer in layers)
            if (layer.Policy is not { } policy || IsForbidden(policy.Rule(GateTable.Commands), hook)) return layer.Name;
        return own.Any(rule => rule.Gate == GateTable.Commands && IsForbidden(rule, hook)) ? "signalbox.yaml" : null;
    }

    private static bool IsForbidden(GateRule rule, Hook hook) => rule.Mode == GateMode.Enforce && !CommandsGate.Allows(rule, hook);
}
