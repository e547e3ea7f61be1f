using System.CommandLine;

namespace Signalbox.Cli.Verbs;

internal static class HostVerb
{
    public static Command Create() => new Verb("host", "Soon.").Does(_ => throw new NotSupportedException());
}
