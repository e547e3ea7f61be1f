using System.CommandLine;
using Signalbox.Cli.Control;

namespace Signalbox.Cli.Verbs;

internal static class SchemaVerb
{
    public static Command Create() => new Verb("schema", "Soon.").Does(_ => throw Daemons.Waiting());
}
