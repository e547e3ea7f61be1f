using Signalbox.Delivery;
using Signalbox.Delivery.Detection;
using Signalbox.Delivery.Policies;
using Signalbox.Delivery.Reading;

namespace Signalbox.Gates.BuiltIn;

/// <summary>What a release has run on the host beside its workloads (hooks, a blue/green check, health commands) is what the policy names, word by word, and is found where it always is.</summary>
internal static class CommandsGate
{
    private const int MostPasted = 300;

    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        foreach (var (name, command, service) in CommandsOf(context.Release.Configuration))
        {
            // as a shell reads it, and as the policy splits it again
            var text = string.Join(' ', command.Select(Words.Quote));
            if (!Allows(rule, command)) lines.Deny("gate-command-not-allowed", $"the {name} runs {text}, which the policy does not name", Allowing(text));
            else if (Misleads(service.Environment) is { } variable) lines.Deny("gate-command-misled", $"the {name} runs {text}, and {variable} of {service.Name} says what that starts; expected no {variable}", $"# take {variable} out of env of {service.Name} in signalbox.yaml, and give the program's path in the command that needs it");
            else lines.Allow($"the {name} runs {text}, which the policy names");
        }
        if (lines.IsEmpty) lines.Allow("the release has no commands beside its workloads");
    }

    /// <summary>What was cut, or has no letters for it, allows nothing that a release could run.</summary>
    private static string Allowing(string text) => text.Length <= MostPasted && !text.Any(char.IsControl)
        ? $"commands: {{ mode: enforce, allow: ['{text.Replace("'", "''", StringComparison.Ordinal)}'] }}   # in policy.yaml"
        : "# in policy.yaml, below commands.allow: the command as signalbox.yaml has it";

    /// <summary>Hooks run in the environment of the first service, as the host runs them; a health command in its own service's.</summary>
    private static IEnumerable<(string Name, IReadOnlyList<string> Command, ServiceConfiguration Service)> CommandsOf(EnvironmentConfiguration configuration)
    {
        foreach (var (name, hook) in configuration.Hooks()) yield return ($"{name} hook", hook.Command, configuration.Services[0]);
        foreach (var service in configuration.Services)
            if (service.Health?.Command is { } health) yield return ($"health check of {service.Name}", health, service);
    }

    /// <summary>
    /// A variable that has another program, or other code in it, started under the same words: where programs are looked for, what the
    /// loader (ld.so(8)) and a shell read first. What interpreters have of their own (NODE_OPTIONS, PYTHONPATH) is not looked at.
    /// </summary>
    /// <returns>Null where there is none.</returns>
    public static string? Misleads(IReadOnlyDictionary<string, string> environment) => environment.Keys.Order(StringComparer.Ordinal).FirstOrDefault(name =>
        name is "PATH" or "GCONV_PATH" or "GLIBC_TUNABLES" or "BASH_ENV" or "SHELLOPTS" or "BASHOPTS" || name.StartsWith("LD_", StringComparison.Ordinal) || name.StartsWith("BASH_FUNC_", StringComparison.Ordinal));

    public static bool Allows(GateRule rule, IReadOnlyList<string> command) =>
        rule.Values("allow").Select(Split).Any(words => words.SequenceEqual(command, StringComparer.Ordinal));

    private static IReadOnlyList<string> Split(string text) => CommandLine.Split(text, out var problem) is var words && problem is null ? words : [text];
}

/// <summary>The same rule once more when a hook is due: a release may have waited long, or a policy may have changed since it was let in.</summary>
public static class HookPermission
{
    /// <param name="layers">What the environment demands now.</param>
    /// <param name="own">What the release's own file demands beside it.</param>
    /// <param name="environment">What the hook would see.</param>
    /// <returns>Whose policy forbids it; null where none does.</returns>
    public static string? Forbids(IReadOnlyList<PolicyLayer> layers, IReadOnlyList<GateRule> own, Hook hook, IReadOnlyDictionary<string, string> environment)
    {
        foreach (var layer in layers)
            if (layer.Policy is not { } policy || IsForbidden(policy.Rule(GateTable.Commands), hook, environment)) return layer.Name;
        return own.Any(rule => rule.Gate == GateTable.Commands && IsForbidden(rule, hook, environment)) ? "signalbox.yaml" : null;
    }

    private static bool IsForbidden(GateRule rule, Hook hook, IReadOnlyDictionary<string, string> environment) =>
        rule.Mode == GateMode.Enforce && (!CommandsGate.Allows(rule, hook.Command) || CommandsGate.Misleads(environment) is not null);
}
