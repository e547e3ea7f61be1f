using System.CommandLine;

namespace Signalbox.Cli.Verbs;

internal static class PauseVerb
{
    public static Command Create() => RolloutCommandVerb.Create("pause",
        "Hold a rollout at its weight until `resume`. The judge goes on and still takes it back.",
        "signalbox pause", "signalbox pause shop-production-3 --reason \"checked by hand\"");
}
