using System.CommandLine;

namespace Signalbox.Cli.Verbs;

internal static class ResumeVerb
{
    public static Command Create() => RolloutCommandVerb.Create("resume",
        "Let a paused rollout go on.",
        "signalbox resume", "signalbox resume shop-production-3 --reason \"checked by hand\"");
}
