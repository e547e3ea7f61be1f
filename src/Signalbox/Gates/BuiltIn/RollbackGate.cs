using Signalbox.Delivery;
using Signalbox.Delivery.Policies;

namespace Signalbox.Gates.BuiltIn;

/// <summary>A bad release is taken back by itself, and can be.</summary>
internal static class RollbackGate
{
    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        var configuration = context.Release.Configuration;
        if (configuration.Strategy.Analysis.Enabled)
            lines.Allow($"{configuration.Strategy.Kind.ToString().ToLowerInvariant()}: the judge, a crash loop or {configuration.Strategy.ProgressDeadline:c} without progress take it back");
        else
            lines.Deny("gate-rollback-not-judged", "no judge looks at the release, so nothing takes it back when it hurts users; expected analysis",
                $"strategy: {{ {(configuration.Strategy.Kind == StrategyKind.Recreate ? "recreate: {}" : "canary: { analysis: { against: stable } }")} }}   # in signalbox.yaml");
        foreach (var (name, hook) in new[] { ("pre", configuration.PreHook), ("post", configuration.PostHook) })
            if (hook is { Reversible: false } && GateValues.Denies(rule.Values("irreversibleHooks")))
                lines.Deny("gate-rollback-irreversible", $"past its {name} hook ({string.Join(' ', hook.Command)}) the release cannot go back by itself; expected a hook that can be undone",
                    "rollback: { mode: enforce, irreversibleHooks: allow }   # in policy.yaml, where that is meant");
    }
}
