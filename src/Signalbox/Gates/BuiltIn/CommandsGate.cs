using Signalbox.Delivery.Policies;
using Signalbox.Delivery.Reading;

namespace Signalbox.Gates.BuiltIn;

/// <summary>A release's hooks run only what the policy names, word by word.</summary>
internal static class CommandsGate
{
    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        var allowed = rule.Values("allow").Select(Split).ToList();
        var configuration = context.Release.Configuration;
        foreach (var (name, hook) in new[] { ("pre", configuration.PreHook), ("post", configuration.PostHook) })
            if (hook is null) continue;
            else if (allowed.Any(command => command.SequenceEqual(hook.Command, StringComparer.Ordinal))) lines.Allow($"the {name} hook runs {string.Join(' ', hook.Command)}, which the policy names");
            else lines.Deny("gate-command-not-allowed", $"the {name} hook runs {string.Join(' ', hook.Command)}, which the policy does not name", $"commands: {{ mode: enforce, allow: [\"{string.Join(' ', hook.Command)}\"] }}   # in policy.yaml");
        if (lines.IsEmpty) lines.Allow("the release has no hooks");
    }

    private static IReadOnlyList<string> Split(string text) => CommandLine.Split(text, out var problem) is var words && problem is null ? words : [text];
}
