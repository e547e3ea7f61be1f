using System.CommandLine;
using Signalbox.Cli.Control;

namespace Signalbox.Cli.Verbs;

internal static class DemoVerb
{
    public static Command Create() => new Verb("demo", "Soon.").Does(_ => throw Daemons.Waiting());
}
