using System.CommandLine;
using Signalbox.Cli.Control;

namespace Signalbox.Cli.Verbs;

internal static class DownVerb
{
    public static Command Create() => new Verb("down", "Soon.").Does(_ => throw Daemons.Waiting());
}
