using System.CommandLine;
using Signalbox.Cli.Control;

namespace Signalbox.Cli.Verbs;

internal static class JudgeVerb
{
    public static Command Create() => new Verb("judge", "Soon.").Does(_ => throw Daemons.Waiting());
}
