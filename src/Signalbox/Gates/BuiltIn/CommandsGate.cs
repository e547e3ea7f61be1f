using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Delivery.Reading;

namespace Signalbox.Gates.BuiltIn;

/// <summary>What a release has run on the host beside its workloads (hooks, a blue/green check, health commands) is what the policy names, word by word.</summary>
internal static class CommandsGate
{
    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        var allowed = rule.Values("allow").Select(Split).ToList();
        foreach (var (name, command) in CommandsOf(context.Release.Configuration))
        {
            var text = string.Join(' ', command);
            if (allowed.Any(words => words.SequenceEqual(command, StringComparer.Ordinal))) lines.Allow($"the {name} runs {text}, which the policy names");
            else lines.Deny("gate-command-not-allowed", $"the {name} runs {text}, which the policy does not name", $"commands: {{ mode: enforce, allow: [\"{text}\"] }}   # in policy.yaml");
        }
        if (lines.IsEmpty) lines.Allow("the release has no commands beside its workloads");
    }

    private static IEnumerable<(string Name, IReadOnlyList<string> Command)> CommandsOf(EnvironmentConfiguration configuration)
    {
        if (configuration.PreHook is { } pre) yield return ("pre hook", pre.Command);
        if (configuration.PostHook is { } post) yield return ("post hook", post.Command);
        if (configuration.Strategy.BlueGreen?.Check is { } check) yield return ("blue/green check", check.Command);
        foreach (var service in configuration.Services)
            if (service.Health?.Command is { } health) yield return ($"health check of {service.Name}", health);
    }

    private static IReadOnlyList<string> Split(string text) => CommandLine.Split(text, out var problem) is var words && problem is null ? words : [text];
}
