using System.CommandLine;

namespace Signalbox.Cli.Verbs;

internal static class AdvanceVerb
{
    public static Command Create() => RolloutCommandVerb.Create("advance",
        "Move a rollout on: end a manual pause, or skip what is left of a step's time. The judge still takes it back.",
        "signalbox advance", "signalbox advance shop-production-3 --reason \"checked by hand\"");
}
