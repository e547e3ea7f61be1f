using System.CommandLine;

namespace Signalbox.Cli.Verbs;

internal static class ServeVerb
{
    public static Command Create() => new Verb("serve", "Soon.").Does(_ => throw new NotSupportedException());
}
