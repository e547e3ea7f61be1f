using System.CommandLine;

namespace Signalbox.Cli.Verbs;

internal static class JudgeVerb
{
    public static Command Create() => new Verb("judge", "Soon.").Does(_ => throw new NotSupportedException());
}
