using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Delivery.Reading;

namespace Signalbox.Gates.BuiltIn;

/// <summary>What a release has run on the host beside its workloads (hooks, a blue/green check, health commands) is what the policy names, word by word.</summary>
internal static class CommandsGate
{
    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        foreach (var (name, command) in CommandsOf(context.Release.Configuration))
        {
            var text = string.Join(' ', command);
            if (Allows(rule, command)) lines.Allow($"the {name} runs {text}, which the policy names");
            else lines.Deny("gate-command-not-allowed", $"the {name} runs {text}, which the policy does not name", $"commands: {{ mode: enforce, allow: [\"{text}\"] }}   # in policy.yaml");
        }
        if (lines.IsEmpty) lines.Allow("the release has no commands beside its workloads");
    }

    private static IEnumerable<(string Name, IReadOnlyList<string> Command)> CommandsOf(EnvironmentConfiguration configuration)
    {
        foreach (var (name, hook) in configuration.Hooks()) yield return ($"{name} hook", hook.Command);
        foreach (var service in configuration.Services)
            if (service.Health?.Command is { } health) yield return ($"health check of {service.Name}", health);
    }

    public static bool Allows(GateRule rule, IReadOnlyList<string> command) =>
        rule.Values("allow").Select(Split).Any(words => words.SequenceEqual(command, StringComparer.Ordinal));

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

    private static bool IsForbidden(GateRule rule, Hook hook) => rule.Mode == GateMode.Enforce && !CommandsGate.Allows(rule, hook.Command);
}
