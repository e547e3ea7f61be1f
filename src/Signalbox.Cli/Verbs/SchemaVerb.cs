using System.CommandLine;

namespace Signalbox.Cli.Verbs;

internal static class SchemaVerb
{
    public static Command Create() => new Verb("schema", "Soon.").Does(_ => throw new NotSupportedException());
}
